/** A small engraving behind each picture, the same for the same issuer. Decoration: hidden from screen readers. */

import { fingerprint } from "../detect/statements.js";

const NAMES = "http://www.w3.org/2000/svg";

/**
 * @param {string} issuer
 * @param {string} name its first letter stands in for the picture until there is one
 * @returns {SVGSVGElement}
 */
export function rosette(issuer, name) {
  const seed = Number.parseInt(fingerprint(issuer), 16) >>> 0;
  const petals = 7 + (seed % 9);
  const picture = document.createElementNS(NAMES, "svg");
  picture.setAttribute("viewBox", "-52 -52 104 104");
  picture.setAttribute("aria-hidden", "true");
  for (const [radius, depth] of [[40, 9], [27, 7], [14, 6]]) {
    for (let turn = 0; turn < 3; turn += 1) picture.append(line(wave(Number(radius), Number(depth), petals, (turn * Math.PI * 2) / (3 * petals))));
  }
  picture.append(seal(), letter(name));
  return picture;
}

function seal() {
  const disc = document.createElementNS(NAMES, "circle");
  disc.setAttribute("class", "seal");
  disc.setAttribute("r", "27");
  disc.setAttribute("fill", "var(--leaf)");
  disc.setAttribute("stroke", "currentColor");
  disc.setAttribute("stroke-width", "2");
  return disc;
}

/** @param {string} name */
function letter(name) {
  const text = document.createElementNS(NAMES, "text");
  text.setAttribute("class", "letter");
  text.setAttribute("y", "12");
  text.textContent = Array.from(name.trim())[0]?.toLocaleUpperCase() ?? "";
  return text;
}

/** @param {string} points */
function line(points) {
  const path = document.createElementNS(NAMES, "path");
  path.setAttribute("d", points);
  path.setAttribute("fill", "none");
  path.setAttribute("stroke", "currentColor");
  path.setAttribute("stroke-width", "0.9");
  return path;
}

/** @param {number} radius @param {number} depth @param {number} petals @param {number} phase */
function wave(radius, depth, petals, phase) {
  const steps = petals * 12;
  const points = Array.from({ length: steps }, (_, step) => {
    const angle = (step * Math.PI * 2) / steps;
    const reach = radius + depth * Math.cos(petals * (angle + phase));
    return `${(reach * Math.cos(angle)).toFixed(1)} ${(reach * Math.sin(angle)).toFixed(1)}`;
  });
  return `M${points.join("L")}Z`;
}
