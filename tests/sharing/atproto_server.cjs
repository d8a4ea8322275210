// Bluesky's own PDS with its own directory, in memory: run with NODE_PATH at the folder that holds @atproto/dev-env.
const { TestNetworkNoAppView } = require("@atproto/dev-env");

const [pds, plc] = process.argv.slice(2).map(Number);
TestNetworkNoAppView.create({ plc: { port: plc }, pds: { port: pds, hostname: "localhost" } }).then((network) => {
  console.log("READY");
  process.on("SIGTERM", () => network.close().then(() => process.exit(0)));
});
