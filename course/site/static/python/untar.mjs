// Puts the files of a tar archive (ustar, as Python's tarfile writes it) into Pyodide's file system.
const text = new TextDecoder();
const field = (header, from, length) => text.decode(header.subarray(from, from + length)).replace(/\0.*$/s, "");

export function untar(FS, archive, into) {
  const made = new Set();
  for (let at = 0; archive[at]; ) {
    const header = archive.subarray(at, at + 512);
    const size = parseInt(field(header, 124, 12), 8);
    const [prefix, name] = [field(header, 345, 155), field(header, 0, 100)];
    const path = `${into}/${prefix ? `${prefix}/` : ""}${name}`;
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (!made.has(folder)) {
      FS.mkdirTree(folder);
      made.add(folder);
    }
    FS.writeFile(path, archive.subarray(at + 512, at + 512 + size), { canOwn: true }); // no copy
    at += 512 + 512 * Math.ceil(size / 512);
  }
}
