// What a script adds to pages that work without one.
const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// The number beside the cart's sign: pages are shared, so it comes from a cookie of this visitor.
function showCount() {
  const count = document.cookie.match(/(?:^|; )(?:__Host-)?basket-count=(\d+)/)?.[1] ?? "0";
  for (const badge of all("[data-basket-count]")) {
    badge.textContent = count;
    badge.hidden = count === "0";
  }
}
showCount();
addEventListener("cart-changed", showCount);
// A page that comes back from the browser's memory has the number of when it left.
addEventListener("pageshow", showCount);

// Choices that need no button when there is a script.
addEventListener("change", ({ target }) => {
  if (target.matches("[data-submit]")) target.form.requestSubmit();
});

// One less, one more. Several presses in a row are one change.
const STEPS_END_MS = 300;
let stepping;
addEventListener("click", ({ target }) => {
  const button = target.closest("[data-step]");
  if (!button) return;
  const field = find("input", button.parentElement);
  const before = field.value;
  if (button.dataset.step === "1") field.stepUp();
  else field.stepDown();
  if (field.value === before) return;
  clearTimeout(stepping);
  stepping = setTimeout(() => field.dispatchEvent(new Event("change", { bubbles: true })), STEPS_END_MS);
});

// The filters stay folded on a phone; until then the style sheet keeps them out of sight.
const facets = find(".facets-box");
if (facets) {
  // Where a theme hides what opens them, or takes no clicks on it, they stand open.
  const { display, pointerEvents } = getComputedStyle(facets.querySelector("summary"));
  facets.open = display === "none" || pointerEvents === "none";
  facets.dataset.ready = "";
}

// A product's options: price, stock, item number and photo follow the choice, and what cannot be had is greyed out.
const buy = find("[data-buy]");
const variants = find("#variants");
if (buy && variants) followOptions(buy, JSON.parse(variants.textContent));

function followOptions(form, list) {
  const groups = all(".option", form);
  if (!groups.length) return;
  const chosen = () => groups.map((group) => find("input:checked", group)?.value);
  const stock = find("[data-stock]", form);
  const button = find("button[type=submit]", form);

  const words = (variant) => {
    if (!variant) return ["is-out", stock.dataset.none];
    if (!variant.in_stock) return ["is-out", stock.dataset.out];
    const few = variant.available !== null && variant.available < 6;
    return few ? ["is-few", stock.dataset.few.replace("#", variant.available)] : ["is-in", stock.dataset.in];
  };

  const follow = () => {
    const values = chosen();
    const fits = (variant) => variant.values.every((value, at) => value === values[at]);
    const variant = list.find(fits);
    const [look, text] = words(variant);
    const line = document.createElement("span");
    line.className = look;
    line.textContent = text;
    stock.replaceChildren(line);
    button.disabled = !variant?.in_stock;
    for (const price of all("[data-variant]")) {
      price.hidden = variant ? price.dataset.variant !== variant.id : price.hidden;
    }
    if (variant) {
      const sku = find("[data-sku]");
      if (sku) sku.textContent = variant.sku;
      const photo = variant.image_id && find(`[data-image="${CSS.escape(variant.image_id)}"]`);
      if (photo) photo.parentElement.scrollTo({ left: photo.offsetLeft - photo.parentElement.offsetLeft, behavior: "instant" });
    }
    groups.forEach((group, at) => {
      for (const input of all("input", group)) {
        const wanted = values.with(at, input.value);
        const had = list.some((each) => each.in_stock && each.values.every((value, n) => value === wanted[n]));
        input.parentElement.classList.toggle("is-unavailable", !had);
      }
    });
  };
  form.addEventListener("change", follow);
  follow();
}

// Small photos move the large ones without leaving a trace in the address.
for (const link of all(".thumbs a")) {
  link.addEventListener("click", (event) => {
    const photo = find(link.getAttribute("href"));
    const gallery = photo?.closest("[data-gallery]");
    if (!gallery) return;
    event.preventDefault();
    if (gallery.scrollWidth > gallery.clientWidth) {
      gallery.scrollTo({ left: photo.offsetLeft - gallery.offsetLeft });
    } else {
      photo.scrollIntoView({ block: "nearest" });
    }
  });
}

// Errors of a form are read first.
find("#errors")?.focus();
