// The search field as a combobox with a list, by the pattern of the ARIA Authoring Practices Guide.
/** @typedef {{ kind: "title" | "author" | "series" | "query", text: string, book?: string, author?: string }} Suggestion */

const DELAY_MS = 90;
/** @type {Record<Suggestion["kind"], string>} */
const KINDS = { title: "Book", author: "Author", series: "Series", query: "Others search for this" };
const field = /** @type {HTMLInputElement | null} */ (document.getElementById("q"));

if (field !== null && field.form !== null) {
  const form = field.form;
  const list = document.createElement("ul");
  const notice = document.createElement("p");
  /** @type {Suggestion[]} */
  let shown = [];
  let active = -1;
  let typed = field.value;
  let timer = 0;
  /** @type {AbortController | undefined} */
  let asking;

  list.id = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  notice.setAttribute("role", "status");
  notice.className = "hidden";
  form.append(list, notice);
  for (
    const [name, value] of Object.entries({
      role: "combobox",
      "aria-controls": list.id,
      "aria-autocomplete": "list",
      "aria-expanded": "false",
    })
  ) field.setAttribute(name, value);

  /** @param {number} at */
  const choose = (at) => {
    active = at;
    for (const [index, option] of [...list.children].entries()) {
      option.setAttribute("aria-selected", String(index === at));
      if (index === at) option.scrollIntoView({ block: "nearest" });
    }
    if (at === -1) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", `suggestion-${at}`);
    field.value = at === -1 ? typed : /** @type {Suggestion} */ (shown[at]).text;
  };

  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    shown = [];
    list.hidden = true;
    list.replaceChildren();
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
    active = -1;
  };

  /** @param {Suggestion} suggestion */
  const follow = ({ kind, text, book }) => {
    const to = kind === "title" && book !== undefined
      ? `/books/${encodeURIComponent(book)}`
      : kind === "author"
      ? `/search?author=${encodeURIComponent(text)}`
      : `/search?q=${encodeURIComponent(text)}`;
    location.assign(to);
  };

  /** @param {string} text @param {string} className */
  const span = (text, className) => {
    const element = document.createElement("span");
    element.className = className;
    element.dir = "auto";
    element.textContent = text;
    return element;
  };

  /** @param {Suggestion[]} items */
  const show = (items) => {
    shown = items;
    active = -1;
    list.replaceChildren(...items.map((suggestion, at) => {
      const option = document.createElement("li");
      option.id = `suggestion-${at}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const { kind, text, author } = suggestion;
      option.append(span(text, "title"), " ", span(author ?? KINDS[kind], "note"));
      // A press must not move the focus out of the field: the list would close before the click.
      option.addEventListener("mousedown", (event) => event.preventDefault());
      option.addEventListener("click", () => follow(suggestion));
      return option;
    }));
    list.hidden = items.length === 0;
    field.setAttribute("aria-expanded", String(items.length > 0));
    notice.textContent = items.length === 0
      ? ""
      : `${items.length} ${items.length === 1 ? "suggestion" : "suggestions"}`;
  };

  const ask = async () => {
    asking?.abort();
    const own = asking = new AbortController();
    const q = typed.trim();
    try {
      const response = await fetch(`/v1/suggest?limit=8&q=${encodeURIComponent(q)}`, { signal: own.signal });
      const { items } = await response.json();
      if (asking === own && document.activeElement === field && q !== "") show(items);
    } catch {
      // Suggestions are a help; without them the form still searches.
      if (asking === own) close();
    }
  };

  field.addEventListener("input", () => {
    typed = field.value;
    clearTimeout(timer);
    if (typed.trim() === "") close();
    else timer = setTimeout(ask, DELAY_MS);
  });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (shown.length === 0) {
        typed = field.value;
        if (typed.trim() !== "") ask();
        return;
      }
      // The field with the typed text comes before the first and after the last suggestion.
      const places = shown.length + 1;
      choose((active + 1 + (key === "ArrowDown" ? 1 : -1) + places) % places - 1);
    } else if (key === "Escape" && !list.hidden) {
      event.preventDefault();
      field.value = typed;
      close();
    } else if (key === "Enter" && active !== -1) {
      event.preventDefault();
      follow(/** @type {Suggestion} */ (shown[active]));
    }
  });
  // `/` focuses the search field, except while something is being typed.
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    const isTyping = target instanceof HTMLElement &&
      (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}
