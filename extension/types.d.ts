/** What the parts of the extension say to each other. Only for the checker: nothing of this runs or is packaged. */

/** A link of a page, resolved, as written by the page. */
interface PageLink {
  href: string;
  rel: string;
  type: string;
  text: string;
  download: boolean;
  /** Where it stands: `a`, `link`, `frame`, or `told`: in an attribute that is no link. */
  tag: "a" | "link" | "frame" | "told";
}

/** A picture of a page, however it is shown. */
interface PagePicture {
  src: string;
  name: string;
  /** As laid out, in CSS pixels; 0: not known. */
  width: number;
  height: number;
  via: "img" | "srcset" | "lazy" | "css" | "object" | "svg" | "meta";
  /** The address of the link around it. */
  link: string;
}

/** An element with attributes that may speak of a badge. */
interface PageElement {
  tag: string;
  attributes: Record<string, string>;
  name: string;
}

interface PageForm {
  action: string;
  method: string;
  fields: Record<string, string>;
}

/** What is read of a page, once, when its owner presses the button. Everything in it is hostile text. */
interface Snapshot {
  url: string;
  title: string;
  heading: string;
  links: PageLink[];
  pictures: PagePicture[];
  elements: PageElement[];
  forms: PageForm[];
  /** Texts of scripts that hold JSON. */
  scripts: string[];
  /** Inline SVG that holds a statement. */
  drawings: { text: string; name: string }[];
  meta: Record<string, string>;
  /** Whether something was left out because there was too much of it. */
  truncated: boolean;
}

/** How the page itself reaches a file, with its own session. */
interface Reading {
  url: string;
  method?: "GET" | "POST";
  fields?: Record<string, string>;
}

/** A picture of the page that its reader may choose by hand. */
interface Choice {
  url: string;
  name: string;
}

/** What a detector says. */
interface Finding {
  /** Two findings with one key are the same badge. */
  key: string;
  /** Where the daemon may fetch it, the best first. */
  addresses: string[];
  /** The statement itself, where the page holds it. */
  text?: string;
  /** What the statement calls itself. */
  id?: string;
  reading?: Reading;
  name: string;
  issuer?: string;
  /** The address of a picture of the page. */
  picture?: string;
  /** Name of the recipe, or of what gave it away: a message's name. */
  why: string;
}

/** A file of which only its bytes can tell whether it is a badge. */
interface Probe {
  url: string;
  name: string;
  /** Higher: looks more like a badge. */
  score: number;
}

interface Detection {
  findings: Finding[];
  probes: Probe[];
  /** A wallet is offered a credential here. */
  offer: boolean;
  /** What the page is, if not a badge: certificate, download, class or claim. */
  says: string;
  truncated: boolean;
}

interface RecipeRule {
  path: string;
  query?: Record<string, string>;
  documents?: (string | { url: string; take: string[] })[];
  same?: string;
  links?: boolean;
  when?: { picture: string };
  says?: string;
}

interface Recipe {
  id: string;
  family?: string;
  name: string;
  confidence: string;
  evidence: string[];
  hosts: string[] | Record<string, string>;
  rules: RecipeRule[];
}

interface RecipeBook {
  version: number;
  private: { parameters: string[] };
  validators: { hosts: string[]; parameters: string[] }[];
  offers: { pattern: string }[];
  recipes: Recipe[];
}

/** The connection to the daemon of this computer. */
interface Connection {
  base: string;
  client: string;
  key: string;
  since: string;
}

/** What is known of a badge that is already kept. */
interface KnownEntry {
  id: string;
  name: string;
  verdict: string;
}

type ItemState = "found" | "waiting" | "reading" | "checking" | "done";

/** One badge in the list of a tab. */
interface Item extends Finding {
  state: ItemState;
  /** added, already-there, no-badge, refused or queued. */
  result?: string;
  reason?: string;
  /** A host whose pictures the browser would have to be allowed to read. */
  blocked?: string;
  entry?: KnownEntry | null;
}

/** What the background knows of a tab; the popup only shows it. */
interface TabState {
  tabId: number;
  url: string;
  title: string;
  /** looking, ready, no-access, connected (just now), gallery */
  phase: string;
  /** Why the daemon cannot be used now; empty when it can. */
  problem: string;
  items: Item[];
  probing: {
    /** Files read with the page's session. */
    done: number;
    total: number;
    /** Pictures that the page may not read and the daemon looks at now. */
    examining: number;
    /** Pictures that look like a badge and that nobody could look at. */
    unseen: number;
  };
  /** How many pictures the reader could choose from by hand. */
  choices: number;
  offer: boolean;
  says: string;
  truncated: boolean;
  at: number;
}

/** A badge that waits for the daemon. */
interface Waiting {
  id: string;
  at: string;
  size: number;
  body: CaptureBody;
}

interface CaptureBody {
  page: { address: string; title: string };
  name: string;
  addresses: string[];
  /** Base64. */
  file?: string;
}

interface CaptureAnswer {
  result: string;
  reason: string | null;
  entry: KnownEntry | null;
}
