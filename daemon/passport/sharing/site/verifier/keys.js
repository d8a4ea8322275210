// Public keys from all forms in which issuers publish them, as a JSON Web Key. The key decides the algorithm, never the
// signature's own header (RFC 8725, 3.1).

import { NotKnown, Refused, fromBase58, fromBase64, fromBase64url, fromNumber, objectOf, toBase64url, toNumber } from "./reading.js";

/** @typedef {{ kind: string, jwk: JsonWebKey }} PublicKey kind: Ed25519, P-256, P-384, P-521 or RSA */

/** @type {Record<string, { p: bigint, b: bigint, size: number }>} */
const CURVES = {
  "P-256": {
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    size: 32,
  },
  "P-384": {
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    size: 48,
  },
};
/** @type {Record<string, string>} */
const CODES = { "ed01": "Ed25519", "8024": "P-256", "8124": "P-384", "8224": "P-521" };

/**
 * Return the key of a verification method, an OB 2.0 CryptographicKey or a JWK.
 * @param {Record<string, any>} description
 * @returns {Promise<PublicKey>}
 */
export async function keyOf(description) {
  if (description.publicKeyJwk) return fromJwk(objectOf(description.publicKeyJwk));
  if ("kty" in description) return fromJwk(description);
  if (typeof description.publicKeyMultibase === "string") return fromMultikey(description.publicKeyMultibase);
  if (typeof description.publicKeyPem === "string") return fromPem(description.publicKeyPem);
  if (typeof description.publicKeyBase58 === "string") return edwards(fromBase58(description.publicKeyBase58));
  throw new Refused("it holds no key in a form that is known");
}

/** @param {string} text @returns {PublicKey} */
function fromMultikey(text) {
  if (!/^[zu]/.test(text)) throw new Refused("the key is no multibase value");
  const bytes = text[0] === "z" ? fromBase58(text.slice(1)) : fromBase64url(text.slice(1));
  const kind = CODES[hex(bytes.slice(0, 2))];
  if (kind === undefined || kind === "P-521") throw new NotKnown("the kind of key is not known here");
  return kind === "Ed25519" ? edwards(bytes.slice(2)) : point(kind, bytes.slice(2));
}

/** @param {Uint8Array} bytes @returns {PublicKey} */
function edwards(bytes) {
  if (bytes.length !== 32) throw new Refused("an Ed25519 key has 32 bytes");
  return { kind: "Ed25519", jwk: { kty: "OKP", crv: "Ed25519", x: toBase64url(bytes) } };
}

/**
 * Return the key of a point that is written short: its x, and whether its y is odd (SEC 1, 2.3.4).
 * @param {string} kind
 * @param {Uint8Array} bytes
 * @returns {PublicKey}
 */
function point(kind, bytes) {
  const curve = CURVES[kind];
  if (!curve || bytes.length !== curve.size + 1 || (bytes[0] !== 2 && bytes[0] !== 3)) {
    throw new Refused("the key is no point of its curve");
  }
  const { p, b, size } = curve, x = toNumber(bytes.slice(1));
  const square = (((x * x - 3n) * x + b) % p + p) % p;
  let y = power(square, (p + 1n) / 4n, p);
  if (x >= p || (y * y) % p !== square) throw new Refused("the key is no point of its curve");
  if (Number(y & 1n) !== (bytes[0] & 1)) y = p - y;
  return { kind, jwk: { kty: "EC", crv: kind, x: toBase64url(bytes.slice(1)), y: toBase64url(fromNumber(y, size)) } };
}

/** @param {bigint} base @param {bigint} exponent @param {bigint} modulus */
function power(base, exponent, modulus) {
  let result = 1n;
  for (let rest = exponent, square = base % modulus; rest > 0n; rest >>= 1n, square = (square * square) % modulus) {
    if (rest & 1n) result = (result * square) % modulus;
  }
  return result;
}

/** @param {Record<string, any>} jwk @returns {PublicKey} */
function fromJwk(jwk) {
  if ((jwk.use ?? "sig") !== "sig" || (jwk.key_ops !== undefined && !(Array.isArray(jwk.key_ops) && jwk.key_ops.includes("verify")))) {
    throw new Refused("the key is not meant for signatures");
  }
  if (jwk.kty === "oct") throw new Refused("it is a shared secret, not a public key");
  if (jwk.kty === "RSA" && jwk.n && jwk.e) return strongRsa({ kty: "RSA", n: partOfKey(jwk.n), e: partOfKey(jwk.e) });
  if (jwk.kty === "OKP" && jwk.crv === "Ed25519") return edwards(fromBase64url(jwk.x));
  if (jwk.kty === "EC" && ["P-256", "P-384", "P-521"].includes(jwk.crv)) {
    return { kind: jwk.crv, jwk: { kty: "EC", crv: jwk.crv, x: partOfKey(jwk.x), y: partOfKey(jwk.y) } };
  }
  throw new NotKnown("the kind of key is not known here");
}

/** @param {JsonWebKey} jwk @returns {PublicKey} */
function strongRsa(jwk) {
  const bits = toNumber(fromBase64url(jwk.n)).toString(2).length;
  if (bits < 2048) throw new Refused(`the RSA key has ${bits} bits, which can be broken; 2048 are needed`);
  return { kind: "RSA", jwk };
}

/** @param {any} value a part of a JWK */
function partOfKey(value) {
  return toBase64url(fromBase64url(value));
}

const RSA_HEAD = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
const KINDS = [
  { oid: "2a864886f70d010101", kind: "RSA", algorithm: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } },
  { oid: "2a8648ce3d030107", kind: "P-256", algorithm: { name: "ECDSA", namedCurve: "P-256" } },
  { oid: "2b81040022", kind: "P-384", algorithm: { name: "ECDSA", namedCurve: "P-384" } },
  { oid: "2b6570", kind: "Ed25519", algorithm: { name: "Ed25519" } },
];

/** @param {string} text @returns {Promise<PublicKey>} */
async function fromPem(text) {
  const match = /-----BEGIN (RSA )?PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(text);
  if (!match) {
    if (text.includes("CERTIFICATE")) throw new NotKnown("certificates cannot be read here");
    throw new Refused("it is no public key in PEM");
  }
  let bytes = fromBase64((match[2] ?? "").replace(/\s/g, ""));
  if (match[1]) bytes = sequence(0x30, [...RSA_HEAD, ...sequence(0x03, [0, ...bytes])]);
  const begin = hex(bytes.slice(0, 40)), found = KINDS.find((one) => begin.includes(one.oid));
  if (!found) throw new NotKnown("the kind of key is not known here");
  try {
    const key = await crypto.subtle.importKey("spki", bytes, found.algorithm, true, ["verify"]);
    const { kty, crv, x, y, n, e } = await crypto.subtle.exportKey("jwk", key);
    return fromJwk(Object.fromEntries(Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value)));
  } catch (error) {
    if (error instanceof Refused || error instanceof NotKnown) throw error;
    throw new Refused("it is no public key in PEM");
  }
}

/** @param {number} tag @param {number[] | Uint8Array} content @returns {Uint8Array<ArrayBuffer>} */
function sequence(tag, content) {
  const size = content.length < 128 ? [content.length] : [...fromNumber(BigInt(content.length))];
  return Uint8Array.from([tag, ...(content.length < 128 ? size : [0x80 | size.length, ...size]), ...content]);
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {PublicKey | undefined} one @param {PublicKey | undefined} other */
export function sameKey(one, other) {
  return one !== undefined && other !== undefined && JSON.stringify(one) === JSON.stringify(other);
}

/** @type {Record<string, string[]>} */
const JOSE = {
  RSA: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  "P-256": ["ES256"], "P-384": ["ES384"], "P-521": ["ES512"], Ed25519: ["EdDSA", "Ed25519"],
};
/** @type {Record<string, number>} */
const SIGNATURE_BYTES = { Ed25519: 64, "P-256": 64, "P-384": 96, "P-521": 132 };

/** @param {PublicKey} key @returns {string[]} the JOSE algorithms that it may be used with */
export function algorithmsOf(key) {
  return JOSE[key.kind] ?? [];
}

/**
 * Whether a key made a signature over data.
 * @param {PublicKey} key
 * @param {Uint8Array<ArrayBuffer>} signature
 * @param {Uint8Array<ArrayBuffer>} data
 * @param {string} [algorithm] of JOSE; without it that of Data Integrity
 * @returns {Promise<boolean>}
 */
export async function holds(key, signature, data, algorithm = "") {
  const size = SIGNATURE_BYTES[key.kind];
  if (size !== undefined && signature.length !== size) return false;
  const hash = `SHA-${algorithm.match(/\d+$/)?.[0] ?? { "P-384": "384", "P-521": "512" }[key.kind] ?? "256"}`;
  const name = key.kind === "Ed25519" ? "Ed25519" : key.kind !== "RSA" ? "ECDSA" : algorithm.startsWith("PS") ? "RSA-PSS" : "RSASSA-PKCS1-v1_5";
  const saltLength = Number(hash.slice(4)) / 8; // RFC 7518, 3.5: the salt has the size of the hash
  let imported;
  try {
    imported = await crypto.subtle.importKey("jwk", key.jwk, { name, hash, namedCurve: key.kind }, true, ["verify"]);
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotSupportedError") {
      throw new NotKnown(`This browser cannot check signatures of the kind ${key.kind}.`);
    }
    throw new Refused("the key is no key of its kind");
  }
  return crypto.subtle.verify({ name, hash, saltLength }, imported, signature, data);
}
