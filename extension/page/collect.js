/** Runs in the page, once, when its owner presses the button; changes nothing there. */

/**
 * Read what may lead to a badge. Self-contained: the browser carries only this function's text into the page.
 *
 * Everything is asked through the prototypes: a page may have elements named `querySelectorAll` or `action`, which
 * stand before the real thing, in our isolated world too.
 * @returns {Snapshot}
 */
export function collect() {
  const MAX = { elements: 20000, styled: 5000, links: 4000, pictures: 2000, special: 300, scripts: 60, text: 1 << 20, data: 2_000_000, all: 12_000_000 };
  const SPECIAL = /^data-(.*(assert|badge|credential|openbadge).*|vc)$/;
  const JSON_TYPES = /^(application\/(ld\+json|vc\+ld\+json|vc|vc\+jwt|credential\+.*|json)|text\/plain)\b/i;
  const OFFER = /^[a-z][a-z0-9+.-]*:\/?\/?\S*(credential_offer|vc_request_url|credentialRequestOrigin)/i;
  const LEADING = /^data-(href|url|link|permalink|share-url|copy|copy-text|clipboard-text|deep-?link|offer)$/;
  const LAZY = ["data-src", "data-lazy-src", "data-original", "data-lazy", "data-srcset", "data-lazy-srcset", "data-bg", "data-background-image"];
  const GENERIC = /^(verif\w*|valid\w*|check|assertion|evidence|criteria|credential|badge|json|png|svg|baked|download.*|view .*|open .*|share.*|linkedin|exportieren|.* (json|png) ?.*)$/i;
  const BOXLESS = new Set(["script", "style", "link", "meta", "title", "head", "html", "template", "option", "br", "source", "base", "noscript", "path", "g", "use"]);
  const getAttribute = Element.prototype.getAttribute;
  const queryAll = { document: Document.prototype.querySelectorAll, fragment: DocumentFragment.prototype.querySelectorAll };
  const closest = Element.prototype.closest;
  const contentOf = Object.getOwnPropertyDescriptor(Node.prototype, "textContent")?.get;
  const baseOf = Object.getOwnPropertyDescriptor(Node.prototype, "baseURI")?.get;
  const base = String(baseOf?.call(document) ?? location.href);

  /** @type {Snapshot} */
  const page = { url: location.href, title: "", heading: "", links: [], pictures: [], elements: [], forms: [], scripts: [], drawings: [], meta: {}, truncated: false };
  let total = 0;

  const attr = (/** @type {Element} */ element, /** @type {string} */ name) => getAttribute.call(element, name) ?? "";
  const content = (/** @type {Node | null} */ node) => (node ? String(contentOf?.call(node) ?? "") : "");
  const brief = (/** @type {string} */ text) => text.slice(0, 2000).replace(/\s+/g, " ").trim().slice(0, 200);

  /** Add to a list while there is room. @template T @param {T[]} list @param {number} most @param {T} value @param {number} size */
  const add = (list, most, value, size) => {
    if (list.length >= most || total + size > MAX.all) page.truncated = true;
    else {
      list.push(value);
      total += size;
    }
  };

  const address = (/** @type {string} */ text) => {
    if (!text || text.length > MAX.data) return "";
    if (/^data:/i.test(text)) return text;
    if (text.length > 4096) return "";
    try {
      return new URL(text, base).href;
    } catch {
      return "";
    }
  };

  const nameOf = (/** @type {Element} */ element) => {
    const own = attr(element, "alt") || attr(element, "aria-label") || attr(element, "title");
    if (own.trim()) return brief(own);
    const around = closest.call(element, "a,figure,li,td,button");
    return around ? brief(content(around)) : "";
  };

  /** @param {Element} element @param {string} source @param {PagePicture["via"]} via */
  const addPicture = (element, source, via) => {
    const src = address(source);
    if (!src || !/^(https?|data):/i.test(src) || /^data:(?!image\/(svg\+xml|png))/i.test(src)) return;
    const box = /** @type {any} */ (element);
    const width = Number(box.width?.baseVal?.value ?? box.width ?? box.clientWidth) || 0;
    const height = Number(box.height?.baseVal?.value ?? box.height ?? box.clientHeight) || 0;
    const link = closest.call(element, "a[href]");
    add(page.pictures, MAX.pictures, { src, name: nameOf(element), width, height, via, link: link ? address(attr(link, "href")) : "" }, src.length + 100);
  };

  /** @param {Element} element @param {string} set @param {PagePicture["via"]} via */
  const addSet = (element, set, via) => {
    for (const part of set.slice(0, 20000).split(/,\s+|,(?=https?:|\/)/).slice(0, 20)) addPicture(element, part.trim().split(/\s+/, 1)[0] ?? "", via);
  };

  /** @param {Element} element */
  const addStyled = (element) => {
    for (const pseudo of [null, "::before", "::after"]) {
      const style = getComputedStyle(element, pseudo);
      const pictures = `${style.backgroundImage} ${pseudo ? style.content : ""}`;
      if (!pictures.includes("url(")) continue;
      for (const [, source] of pictures.slice(0, MAX.data).matchAll(/url\("((?:[^"\\]|\\.)*)"\)/g)) addPicture(element, (source ?? "").replace(/\\(.)/g, "$1"), "css");
    }
  };

  /** @param {Element} element */
  const addLink = (element) => {
    const href = address(attr(element, "href") || attr(element, "xlink:href"));
    if (!href || /^(data|javascript|mailto|tel|blob|about):/i.test(href)) return;
    const tag = element.localName === "link" ? "link" : "a";
    const label = tag === "a" ? linkName(element) : brief(attr(element, "title"));
    add(page.links, MAX.links, { href, rel: attr(element, "rel"), type: attr(element, "type"), text: label, download: element.hasAttribute("download"), tag }, href.length + 100);
  };

  /** What a link calls what it leads to; "Verify" and the like say nothing, the picture of that row may. @param {Element} element */
  const linkName = (element) => {
    const own = brief(attr(element, "title")) || brief(words(element)) || imageName(element);
    if (own && !GENERIC.test(own)) return own;
    const row = closest.call(element, "tr,li,article,figure");
    return row ? imageName(row) : "";
  };

  const imageName = (/** @type {Element} */ element) => {
    const inside = Element.prototype.querySelector.call(element, "img[alt]");
    return inside ? brief(attr(inside, "alt")) : "";
  };

  /** Texts of neighbouring blocks must not run into each other: the first is the title. @param {Element} element */
  const words = (element) => {
    const walker = Document.prototype.createTreeWalker.call(document, element, NodeFilter.SHOW_TEXT);
    for (let count = 0; count < 50 && walker.nextNode(); count += 1) {
      const text = content(walker.currentNode).trim();
      if (text) return text;
    }
    return "";
  };

  /** @param {Element} element */
  const addFrame = (element) => {
    const href = address(attr(element, "src"));
    if (/^https?:/i.test(href)) add(page.links, MAX.links, { href, rel: "", type: "", text: "", download: false, tag: "frame" }, href.length + 50);
  };

  /** @param {Element} element */
  const addSpecial = (element) => {
    /** @type {Record<string, string>} */
    const attributes = {};
    let special = element.localName === "blockcerts-verifier";
    for (const name of Element.prototype.getAttributeNames.call(element)) {
      const value = attr(element, name);
      const speaks = SPECIAL.test(name) || (value.length > 40 && value.startsWith("{") && /"(badge|credentialSubject)"/.test(value));
      special ||= speaks;
      if (name !== "href" && name !== "src" && value.length < 4096) addTold(name, value);
      if (speaks || name === "src") attributes[name] = /^(src|.*-url)$/.test(name) ? address(value) : value.slice(0, MAX.text);
    }
    if (special) add(page.elements, MAX.special, { tag: element.localName, attributes, name: nameOf(element) }, JSON.stringify(attributes).length);
  };

  /** An address that a script or a hand is meant to take: in a button, in a field to copy from. @param {string} name @param {string} value */
  const addTold = (name, value) => {
    if (!OFFER.test(value) && !(/^https?:\/\/\S+$/i.test(value) && (name === "value" || LEADING.test(name)))) return;
    add(page.links, MAX.links, { href: address(value), rel: "", type: "", text: "", download: false, tag: "told" }, value.length + 50);
  };

  /** @param {Element} element */
  const addForm = (element) => {
    const action = address(attr(element, "action"));
    if (!/bake/i.test(action) && !/badge/i.test(attr(element, "id"))) return;
    /** @type {Record<string, string>} */
    const fields = {};
    for (const input of Element.prototype.querySelectorAll.call(element, "input[type=hidden][name]")) fields[attr(input, "name").slice(0, 100)] = attr(input, "value").slice(0, 2000);
    add(page.forms, MAX.special, { action, method: attr(element, "method") || "get", fields }, 500);
  };

  /** @param {Element} element */
  const addScript = (element) => {
    if (!JSON_TYPES.test(attr(element, "type"))) return;
    const text = content(element);
    if (text.length > MAX.text) page.truncated = true;
    else if (/badge|credential/i.test(text)) add(page.scripts, MAX.scripts, text, text.length);
  };

  /** @param {Element} element */
  const addDrawing = (element) => {
    if (!Element.prototype.querySelector.call(element, "*")) return;
    for (const each of Element.prototype.querySelectorAll.call(element, "*")) {
      if (!/(^|:)(assertion|credential)$/.test(each.localName) && !/(^|:)(assertion|credential)$/i.test(each.tagName)) continue;
      const text = new XMLSerializer().serializeToString(element);
      if (text.length <= MAX.data) add(page.drawings, MAX.special, { text, name: brief(content(Element.prototype.querySelector.call(element, "title"))) || nameOf(element) }, text.length);
      return;
    }
  };

  /** @type {Record<string, (element: Element) => void>} */
  const READERS = {
    a: addLink,
    area: addLink,
    link: addLink,
    iframe: addFrame,
    frame: addFrame,
    img: (element) => {
      addPicture(element, attr(element, "src"), "img");
      const current = String(/** @type {HTMLImageElement} */ (element).currentSrc || "");
      if (current && current !== address(attr(element, "src"))) addPicture(element, current, "srcset");
      addSet(element, attr(element, "srcset"), "srcset");
    },
    source: (element) => addSet(element.parentElement ?? element, attr(element, "srcset"), "srcset"),
    input: (element) => attr(element, "type").toLowerCase() === "image" && addPicture(element, attr(element, "src"), "img"),
    object: (element) => addPicture(element, attr(element, "data"), "object"),
    embed: (element) => addPicture(element, attr(element, "src"), "object"),
    image: (element) => addPicture(element, attr(element, "href") || attr(element, "xlink:href"), "svg"),
    svg: addDrawing,
    form: addForm,
    script: addScript,
    meta: (element) => {
      const name = attr(element, "property") || attr(element, "name");
      if (!/^(og|twitter):(title|image|image:src)$/.test(name)) return;
      page.meta[name] = /image/.test(name) ? address(attr(element, "content")) : brief(attr(element, "content"));
      if (/image/.test(name)) addPicture(element, attr(element, "content"), "meta");
    },
  };

  let seen = 0;
  /** @param {Document | ShadowRoot} root */
  const walk = (root) => {
    const find = root instanceof Document ? queryAll.document : queryAll.fragment;
    for (const element of find.call(root, "*")) {
      seen += 1;
      if (seen > MAX.elements) return void (page.truncated = true);
      READERS[element.localName]?.(element);
      addSpecial(element);
      for (const name of LAZY) if (element.hasAttribute(name)) addSet(element, attr(element, name), "lazy");
      if (seen <= MAX.styled && !BOXLESS.has(element.localName)) addStyled(element);
      const shadow = shadowOf(element);
      if (shadow) walk(shadow);
    }
  };

  /** Closed ones too: an extension may see them. @param {Element} element @returns {ShadowRoot | null} */
  const shadowOf = (element) => {
    if (!(element instanceof HTMLElement)) return null;
    const own = /** @type {any} */ (element).openOrClosedShadowRoot;
    const dom = /** @type {any} */ (globalThis).chrome?.dom;
    try {
      return dom?.openOrClosedShadowRoot(element) ?? own ?? element.shadowRoot;
    } catch {
      return element.shadowRoot;
    }
  };

  const find = Document.prototype.querySelector;
  page.title = brief(content(find.call(document, "title")));
  page.heading = ["h1", "main h2", "h2", "h3"].map((name) => brief(content(find.call(document, name)))).find((text) => text && !GENERIC.test(text)) ?? "";
  walk(document);
  return page;
}
