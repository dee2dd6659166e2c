// What was typed at the checkout is there again when the cart had to be mended first, or the network was gone.
// It stays in this tab and goes with the order; consents and what the page itself says are never taken from it.
const NAME = "checkout";
const form = document.querySelector("form[data-draft]");
const typed = form ? [...form.elements].filter((field) => field.matches("input:not([type=hidden], [name^=accepts_]), textarea")) : [];

function keep() {
  const values = typed.map((field) => [field.name, field.value, field.checked]);
  sessionStorage.setItem(NAME, JSON.stringify(values));
}

function bring() {
  for (const [name, value, checked] of JSON.parse(sessionStorage.getItem(NAME) ?? "[]")) {
    const field = typed.find((each) => each.name === name && (each.type !== "radio" || each.value === value));
    if (!field) continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = checked;
    else if (!field.value) field.value = value;
  }
}

if (form) {
  // A form that came back with faults has everything that was typed in it already.
  if (!document.querySelector("#errors")) bring();
  form.addEventListener("input", keep);
  form.addEventListener("submit", keep);
} else if (document.querySelector("#pay")) {
  sessionStorage.removeItem(NAME);
}
