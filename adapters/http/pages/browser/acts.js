// Sends the buttons of books without loading a new page. When that fails, submits the form as without JavaScript.
const notice = document.createElement("p");
notice.setAttribute("role", "status");
notice.className = "hidden";
document.body.append(notice);

/** Shows the new state on every button of the same book and act on the page. @param {HTMLButtonElement} button */
const press = (button) => {
  const { book, off } = /** @type {HTMLElement} */ (button.closest("[data-off]")).dataset;
  const holds = button.value === off ? undefined : button.value;
  for (const group of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-off]"))) {
    if (group.dataset.book !== book || group.dataset.off !== off) continue;
    for (const other of group.querySelectorAll("button")) {
      const { on = "" } = other.dataset;
      other.setAttribute("aria-pressed", String(on === holds));
      other.value = on === holds ? off ?? "" : on;
    }
  }
  const label = button.getAttribute("aria-label") ?? button.textContent?.trim();
  notice.textContent = `${label}: ${holds === undefined ? "taken back" : "kept in My books"}`;
};

document.addEventListener("submit", async (event) => {
  const { target: form, submitter: button } = event;
  if (!(form instanceof HTMLFormElement) || !(button instanceof HTMLButtonElement)) return;
  if (!("acts" in form.dataset) || button.closest("[data-off]") === null) return;
  event.preventDefault();
  const body = new URLSearchParams({ act: button.value });
  try {
    // The response redirects to a page. The redirect alone proves that the act is stored.
    const { type } = await fetch(button.formAction, { method: "POST", body, redirect: "manual" });
    if (type !== "opaqueredirect") throw new Error("not stored");
    press(button);
  } catch {
    delete form.dataset.acts;
    form.requestSubmit(button);
  }
});
