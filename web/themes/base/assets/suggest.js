// While somebody types a search, the first products that would be found show below the field.
const WAIT_MS = 150;
const LETTERS_MIN = 2;
const SHOWN_MAX = 6;

for (const form of document.querySelectorAll("[data-suggest]")) suggest(form);

function suggest(form) {
  const field = form.querySelector("input[type=search]");
  const box = made("div", { className: "suggestions", hidden: true });
  const said = made("p", { className: "unseen", role: "status" });
  form.append(box, said);
  let waiting;
  let asking;

  const hide = () => {
    box.hidden = true;
    said.textContent = "";
  };

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    asking?.abort();
    const words = field.value.trim();
    if (words.length < LETTERS_MIN) hide();
    else waiting = setTimeout(look, WAIT_MS, words);
  });

  async function look(words) {
    asking = new AbortController();
    const query = new URLSearchParams({ q: words, limit: SHOWN_MAX });
    try {
      const answer = await fetch(`/api/catalog/store/search?${query}`, {
        headers: { "accept-language": document.documentElement.lang },
        signal: asking.signal,
      });
      if (!answer.ok) return hide();
      show((await answer.json()).items);
    } catch {
      // Typed on, or offline: the button searches as ever.
      hide();
    }
  }

  function show(products) {
    const list = made("ul", {});
    list.append(...products.map((product) => entry(product, form.dataset)));
    const all = made("button", { type: "submit", className: "plain", textContent: form.dataset.all });
    const nothing = made("p", { className: "note", textContent: form.dataset.nothing });
    box.replaceChildren(...(products.length ? [list, all] : [nothing]));
    box.hidden = false;
    said.textContent = products.length ? form.dataset.ready : form.dataset.nothing;
  }

  form.addEventListener("keydown", (event) => {
    if (box.hidden) return;
    if (event.key === "Escape") {
      event.preventDefault();
      hide();
      field.focus();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const stops = [field, ...box.querySelectorAll("a, button")];
    stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) hide();
  });
  // Pressing something in the box must not take the focus away before the press is over.
  box.addEventListener("mousedown", (event) => event.preventDefault());
}

function entry(product, { products, from }) {
  const link = made("a", { href: products + product.slug });
  const source = product.images[0]?.sources[0];
  link.append(source ? made("img", { src: source.url, width: 56, height: 56, alt: "" }) : made("span", { className: "no-picture" }));
  const isFrom = product.price.amount !== product.price_max.amount;
  const price = `${isFrom ? `${from} ` : ""}${money(product.price)}`;
  link.append(made("span", { textContent: product.title }), made("b", { textContent: price }));
  const item = made("li", {});
  item.append(link);
  return item;
}

/** Whole minor units, written without a float between. */
function money({ amount, currency }) {
  const format = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits;
  const text = String(amount).padStart(digits + 1, "0");
  return format.format(digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text);
}

function made(name, properties) {
  return Object.assign(document.createElement(name), properties);
}
