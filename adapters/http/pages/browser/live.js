// Keeps a list up to date: when its stream reports a change, fetches the list of the page and replaces it. Waits while the reader's
// focus or pointer is in the list.
const PAUSE_MS = 3_000;
const live = /** @type {HTMLElement | null} */ (document.querySelector("[data-live]"));

if (live !== null) {
  const notice = document.createElement("p");
  notice.setAttribute("role", "status");
  notice.className = "hidden";
  document.body.append(notice);
  /** @type {EventSource | undefined} */
  let source;
  let isDue = false;
  let timer = 0;
  let events = 0;

  const isInUse = () => live.contains(document.activeElement) || live.matches(":hover");

  const renew = async () => {
    timer = 0;
    if (!isDue || isInUse()) return;
    isDue = false;
    try {
      const response = await fetch(location.href, { headers: { accept: "text/html" } });
      if (!response.ok) return;
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-live]");
      if (fresh === null || isInUse()) {
        isDue = true;
        return;
      }
      const idsOf = (/** @type {Element} */ list) => [...list.querySelectorAll("li")].map(({ id }) => id).join();
      const isMoved = idsOf(fresh) !== idsOf(live);
      live.replaceChildren(...fresh.childNodes);
      if (isMoved) notice.textContent = "The list of trending books has changed";
    } catch {
      // Keeps the old list.
    }
  };
  const soon = () => {
    if (isDue && timer === 0) timer = setTimeout(renew, PAUSE_MS);
  };

  const open = () => {
    source ??= new EventSource(live.dataset.live ?? "");
    // The first event is the list that the page already shows.
    source.addEventListener("books", () => {
      if (events++ > 0) isDue = true;
      soon();
    });
  };
  const close = () => {
    source?.close();
    source = undefined;
  };
  live.addEventListener("focusout", soon);
  live.addEventListener("pointerleave", soon);
  document.addEventListener("visibilitychange", () => document.hidden ? close() : open());
  addEventListener("pagehide", close);
  open();
}
