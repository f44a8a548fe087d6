// Buttons that say something about a book work without a new page; when that fails, the form is sent as without script.
const heard = document.createElement("p");
heard.setAttribute("role", "status");
heard.className = "hidden";
document.body.append(heard);

/** @param {HTMLButtonElement} button */
const press = (button) => {
  const group = button.closest("[data-group]");
  const others = group === null ? [button] : group.querySelectorAll("button");
  for (const other of others) other.setAttribute("aria-pressed", String(other === button));
  // The same book may stand in another list of the page.
  for (const same of document.querySelectorAll("button.want")) {
    if (same instanceof HTMLButtonElement && same.formAction === button.formAction && same.value === button.value) {
      same.setAttribute("aria-pressed", "true");
    }
  }
  heard.textContent = `${button.getAttribute("aria-label") ?? button.textContent?.trim()}: kept in My books`;
};

document.addEventListener("submit", async (event) => {
  const { target: form, submitter: button } = event;
  if (!(form instanceof HTMLFormElement) || !(button instanceof HTMLButtonElement)) return;
  if (!("acts" in form.dataset)) return;
  event.preventDefault();
  const url = button.hasAttribute("formaction") ? button.formAction : form.action;
  const body = new URLSearchParams({ act: button.value });
  try {
    // The answer leads to a page, which need not be loaded to know that the act is stored.
    const { type } = await fetch(url, { method: "POST", body, redirect: "manual" });
    if (type !== "opaqueredirect") throw new Error("not stored");
    press(button);
  } catch {
    delete form.dataset.acts;
    form.requestSubmit(button);
  }
});
