// Fails the build when the player page's first load (HTML, scripts, styles, icon; gzip) reaches its limit.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 60_000;
const dist = new URL("../dist/", import.meta.url);
const size = (path) => gzipSync(readFileSync(new URL(path, dist))).length;

const html = readFileSync(new URL("play/index.html", dist), "utf8");
const assets = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1]);
if (assets.length < 2) throw new Error("play/index.html names no script and style: has the build changed?");
const total = size("play/index.html") + assets.reduce((sum, path) => sum + size(path), 0);
console.log(`player page, first load: ${(total / 1000).toFixed(1)} kB gzip of ${LIMIT / 1000} kB`);
if (total >= LIMIT) {
  console.error("The player page has become too heavy.");
  process.exit(1);
}
