// Writes what eoffice/static/ takes from npm: the icon sprite (only the icons listed in
// icons.txt) and htmx, each with its licence, and the checksums of everything vendored.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = process.argv[2] ?? join(here, "../../eoffice/static");
const modules = join(here, "node_modules");
const vendor = join(root, "vendor");
const versionOf = (name) => JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")).version;

function sprite() {
  const names = readFileSync(join(here, "icons.txt"), "utf8").split("\n").filter(Boolean).sort();
  const symbols = names.map((name) => {
    const svg = readFileSync(join(modules, "bootstrap-icons/icons", `${name}.svg`), "utf8");
    const inner = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\n\s*/g, "");
    return `<symbol id="i-${name}" viewBox="0 0 16 16">${inner}</symbol>`;
  });
  const head = `<!-- Bootstrap Icons ${versionOf("bootstrap-icons")}, MIT; built by deploy/editor/build.sh -->`;
  mkdirSync(join(root, "eoffice"), { recursive: true });
  writeFileSync(
    join(root, "eoffice/icons.svg"),
    `<svg xmlns="http://www.w3.org/2000/svg">\n${head}\n${symbols.join("\n")}\n</svg>\n`,
  );
}

function copy(from, to) {
  mkdirSync(dirname(join(vendor, to)), { recursive: true });
  copyFileSync(join(modules, from), join(vendor, to));
}

function files(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

function checksums() {
  const lines = files(vendor)
    .map((path) => relative(vendor, path))
    .filter((path) => path !== "SHA256SUMS")
    .sort()
    .map((path) => `${createHash("sha256").update(readFileSync(join(vendor, path))).digest("hex")}  ${path}`);
  writeFileSync(join(vendor, "SHA256SUMS"), `${lines.join("\n")}\n`);
}

sprite();
copy("htmx.org/dist/htmx.min.js", "htmx/htmx.min.js");
copy("htmx.org/LICENSE", "licenses/htmx.LICENSE");
copy("bootstrap-icons/LICENSE", "licenses/bootstrap-icons.LICENSE");
copy("@tiptap/core/LICENSE.md", "licenses/tiptap.LICENSE");
copy("prosemirror-model/LICENSE", "licenses/prosemirror.LICENSE");
checksums();
