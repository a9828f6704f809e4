/** Reading NIfTI-1 volumes in the browser, by the header that nifti.nimh.nih.gov documents. */

const ARRAYS = {
  2: Uint8Array,
  4: Int16Array,
  8: Int32Array,
  16: Float32Array,
  64: Float64Array,
  256: Int8Array,
  512: Uint16Array,
  768: Uint32Array,
};

/**
 * The voxels of a file, the first axis the fastest.
 * @param {Blob} file gzipped or not
 * @returns {Promise<{size: number[], voxels: ArrayLike<number>}>}
 */
export async function volume(file) {
  const buffer = await plain(file);
  const view = new DataView(buffer);
  const little = view.getInt32(0, true) === 348;
  const size = [1, 2, 3].map((axis) => (axis <= view.getInt16(40, little) ? view.getInt16(40 + 2 * axis, little) : 1));
  const count = size[0] * size[1] * size[2];
  const Kind = ARRAYS[view.getInt16(70, little)];
  const start = view.getFloat32(108, little);
  if (!Kind || !little) throw new Error("voxels of a kind that this page doesn't read");
  return { size, voxels: new Kind(buffer.slice(start, start + count * Kind.BYTES_PER_ELEMENT)) };
}

async function plain(file) {
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  if (head[0] !== 0x1f || head[1] !== 0x8b) return file.arrayBuffer();
  return new Response(file.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}
