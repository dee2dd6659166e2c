// What a script adds to pages that work without one.
const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// The number beside the cart's sign: pages are shared, so it comes from a cookie of this visitor.
const count = document.cookie.match(/(?:^|; )(?:__Host-)?basket-count=(\d+)/)?.[1];
if (count && count !== "0") {
  for (const badge of all("[data-basket-count]")) {
    badge.textContent = count;
    badge.hidden = false;
  }
}

// Choices that need no button when there is a script.
for (const field of all("[data-submit]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}
for (const button of all("[data-needless]")) button.hidden = true;

// The filters stay folded on a phone.
const facets = find(".facets-box");
if (facets && matchMedia("(max-width: 59.99em)").matches) facets.open = false;

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
