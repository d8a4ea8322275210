// @digitalbazaar/vc, @digitalcredentials/vc and verifier-core, each in a process of its own: `node node_peer.mjs PEER < job`.
// Nothing is fetched: contexts come with the job, and a did:key is its own document.
import {createRequire} from "node:module";
import {pathToFileURL} from "node:url";
import {readFileSync} from "node:fs";

const peer = process.argv[2];
const folder = process.argv[3];
const require = createRequire(folder + "/");
const load = async name => import(pathToFileURL(require.resolve(name)));
const esm = async (name, path) => import(pathToFileURL(`${folder}/node_modules/${name}/${path}`));
globalThis.fetch = async url => { throw new Error(`not fetched: ${url}`); };

const job = JSON.parse(readFileSync(0, "utf8"));

function didDocument(url) {
  const [did] = url.split("#");
  const multikey = did.slice("did:key:".length);
  const method = {"@context": "https://w3id.org/security/multikey/v1", id: `${did}#${multikey}`, type: "Multikey", controller: did, publicKeyMultibase: multikey};
  if (url.includes("#")) return method;
  const {"@context": ignored, ...inner} = method;
  return {"@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"], id: did, verificationMethod: [inner], assertionMethod: [method.id]};
}

const contexts = new Map(Object.entries(job.contexts).map(([url, text]) => [url, JSON.parse(text)]));
async function documentLoader(url) {
  if (url.startsWith("did:key:")) return {contextUrl: null, documentUrl: url, document: didDocument(url)};
  const document = contexts.get(url);
  if (!document) throw new Error(`not shipped: ${url}`);
  return {contextUrl: null, documentUrl: url, document, tag: "static"};
}

async function bazaar() {
  const vc = await load("@digitalbazaar/vc");
  const {DataIntegrityProof} = await load("@digitalbazaar/data-integrity");
  const {cryptosuite} = await load("@digitalbazaar/eddsa-rdfc-2022-cryptosuite");
  const {createVerifyCryptosuite} = await load("@digitalbazaar/ecdsa-sd-2023-cryptosuite");
  const ldp = [new DataIntegrityProof({cryptosuite})];
  const sd = [new DataIntegrityProof({cryptosuite: createVerifyCryptosuite()})];
  return kind => ({ldp, sd})[kind] && (async text => {
    const answer = await vc.verifyCredential({credential: JSON.parse(text), suite: ({ldp, sd})[kind], documentLoader});
    return answer.verified ? "good" : `bad: ${answer.error?.errors?.[0]?.message ?? answer.error}`;
  });
}

async function credentials() {
  const vc = await load("@digitalcredentials/vc");
  const {DataIntegrityProof} = await load("@digitalcredentials/data-integrity");
  const {cryptosuite} = await load("@digitalcredentials/eddsa-rdfc-2022-cryptosuite");
  const suite = [new DataIntegrityProof({cryptosuite})];
  return kind => kind === "ldp" && (async text => {
    const answer = await vc.verifyCredential({credential: JSON.parse(text), suite, documentLoader, verifyMatchingIssuers: false});
    return answer.verified ? "good" : `bad: ${answer.error?.errors?.[0]?.message ?? answer.error}`;
  });
}

async function core() {
  const {verifyCredential} = await load("@digitalcredentials/verifier-core");
  return kind => kind === "ldp" && (async text => {
    const answer = await verifyCredential({credential: JSON.parse(text), knownDIDRegistries: []});
    const step = (answer.log ?? []).find(one => one.id === "valid_signature");
    return step?.valid ? "good" : `bad: ${JSON.stringify(answer.errors ?? answer.log).slice(0, 200)}`;
  });
}

const make = await ({bazaar, credentials, core})[peer]();
for (const item of job.cases) {
  const verify = make(item.kind);
  if (!verify) continue;
  const attempt = async text => { try { return await verify(text); } catch (error) { return `bad: ${error.message}`; } };
  const answer = {name: item.name, good: await attempt(item.text), bad: await attempt(item.tampered)};
  if (answer.good === "good" && answer.bad !== "good") {
    const times = [];
    const until = performance.now() + job.seconds * 1000;
    while (performance.now() < until || times.length < (job.seconds ? 5 : 1)) {
      const began = process.cpuUsage();
      await verify(item.text);
      const {user, system} = process.cpuUsage(began);
      times.push((user + system) / 1000);
    }
    answer.times = times.sort((a, b) => a - b);
  }
  console.log(JSON.stringify(answer));
}
process.exit(0);
