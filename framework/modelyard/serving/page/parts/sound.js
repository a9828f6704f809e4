/** What the browser knows of a sound. */

/**
 * How long it lasts.
 * @param {Blob} file
 * @returns {Promise<number|null>} seconds; null where the browser doesn't know the format
 */
export function duration(file) {
  const sound = new Audio();
  const url = URL.createObjectURL(file);
  return new Promise((resolve) => {
    const done = (seconds) => {
      URL.revokeObjectURL(url);
      resolve(seconds);
    };
    sound.addEventListener("loadedmetadata", () => done(Number.isFinite(sound.duration) ? sound.duration : null));
    sound.addEventListener("error", () => done(null));
    sound.preload = "metadata";
    sound.src = url;
  });
}
