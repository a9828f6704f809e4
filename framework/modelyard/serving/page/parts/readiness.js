/** Whether the container is ready, asked from time to time while the page is seen. */

const EVERY = 10_000;

/**
 * @param {URL} root of the container
 * @param {HTMLElement} place where it is said
 * @returns {() => void} asks now
 */
export function readiness(root, place) {
  const say = (state, text) => {
    place.dataset.state = state;
    if (place.textContent !== text) place.textContent = text; // screen readers speak changes only
  };
  const look = async () => {
    try {
      const { status } = await fetch(new URL("health/ready", root), { cache: "no-store" });
      if (status === 200) say("ready", "Ready");
      else if (status === 503) say("waiting", "Loading or stopping");
      else say("gone", `Not healthy (${status})`);
    } catch {
      say("gone", "Not reachable");
    }
  };
  look();
  setInterval(() => document.hidden || look(), EVERY);
  return look;
}
