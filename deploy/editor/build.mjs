// Bundles the editor; the same input gives the same bytes.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = process.argv[2] ?? join(here, "../../eoffice/static");

await build({
  absWorkingDir: here,
  entryPoints: ["src/editor.js"],
  outfile: join(root, "vendor/editor/editor.js"),
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome115", "firefox115", "safari16"],
  legalComments: "eof",
  charset: "utf8",
  banner: { js: "/* Editor of the e-Office: own code (Apache-2.0) with TipTap and ProseMirror (MIT); deploy/editor/build.sh */" },
});
