// Starts Python in the page: JupyterLite's kernel imports this module in the place of Pyodide's own.
//
// Nothing is installed and hardly anything is imported: memory.bin is a picture of Python's memory with the
// packages imported (course/site/snapshot.py made it), packages.bin has the files beside it.
import { loadPyodide as load } from "./pyodide.mjs";
import create from "./pyodide.asm.mjs";
import { LOCK, MEMORY, PACKAGES, SITE_PACKAGES } from "./parts.mjs";
import { untar } from "./untar.mjs";
import { interruptible } from "./interrupt.mjs";

async function unzipped(name) {
  const answer = await fetch(new URL(name, import.meta.url), { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${name} is not on this server (${answer.status})`);
  const plain = answer.body.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

// Where C keeps the function that calls functions of other types; each browser has its own, or none.
const trampoline = (module) => module.__PyRuntime + module.HEAP32[module.__PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET / 4];

// Who reads what is printed outside of cells; the kernel says it when it asks for Python.
const readers = { stdout: console.log, stderr: console.error };

async function start() {
  const packages = unzipped(PACKAGES);
  const memory = await unzipped(MEMORY);
  const begins = new Uint32Array(memory.buffer, 0, 2)[1];
  const here = new URL(".", import.meta.url).href;
  let api = null;
  const python = await load({
    indexURL: here,
    packageBaseUrl: here,
    lockFileContents: LOCK,
    stdout: (text) => readers.stdout(text),
    stderr: (text) => readers.stderr(text),
    _loadSnapshot: memory,
    _snapshotDeserializer: ({ name }) => (name ? api.public_api[name] : api.public_api),
    createPyodideModule: async (settings) => {
      api = settings.API;
      const instantiate = settings.instantiateWasm;
      settings.instantiateWasm = (imports, done) =>
        instantiate(imports, (instance, wasm) => {
          const mine = instance.exports.memory;
          const missing = memory.length - begins - mine.buffer.byteLength;
          if (missing > 0) mine.grow(Math.ceil(missing / 65536));
          return done(instance, wasm);
        });
      const module = await create(settings);
      const place = trampoline(module);
      new DataView(memory.buffer).setInt32(begins + place, module.HEAP32[place / 4], true);
      return module;
    },
  });
  untar(python.FS, await packages, SITE_PACKAGES);
  python.runPython("import importlib, random\nimportlib.invalidate_caches()\nrandom.seed()");
  interruptible(python);
  return python;
}

let begun = null;

export function begin() {
  begun ??= start();
  begun.catch(() => {}); // who asks for Python is told
}

export function loadPyodide({ stdout, stderr }) {
  Object.assign(readers, { stdout, stderr });
  begin();
  return begun;
}
