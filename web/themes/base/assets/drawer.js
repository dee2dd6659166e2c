// The cart in a drawer: what is put in, changed or taken out shows without leaving the page.
// Whatever goes wrong here is done by the browser as if there were no script.
const drawer = document.querySelector("#drawer");
const inPage = document.querySelector("main [data-cart]");
const place = inPage ?? drawer.querySelector("[data-cart]");
let newest = 0;

addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-cart-form]") || "plain" in form.dataset) return;
  event.preventDefault();
  if (form.ariaBusy !== "true") send(form, event.submitter);
});

async function send(form, submitter) {
  form.ariaBusy = "true";
  const from = submitter ?? document.activeElement;
  const body = new URLSearchParams(new FormData(form, submitter));
  const shown = await ask(form.action, { method: "POST", body });
  form.ariaBusy = "false";
  if (shown === "failed") {
    form.dataset.plain = "";
    form.requestSubmit(submitter);
  } else if (shown) {
    open();
    focusAgain(form, from);
  }
}

for (const link of document.querySelectorAll(".cart-link")) {
  if (inPage) break;
  link.ariaHasPopup = "dialog";
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const shown = await ask(link.href, {});
    if (shown === "failed") location.assign(link.href);
    else if (shown) open();
  });
}

/** Shows the cart of the answer, if it is still the newest one asked for. */
async function ask(address, options) {
  newest += 1;
  const turn = newest;
  try {
    const answer = await fetch(address, options);
    if (answer.status >= 500) return "failed";
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const cart = page.querySelector("main [data-cart]");
    if (turn !== newest) return false;
    if (!cart) {
      // Another page has something to say: why it could not be put in, for instance.
      location.assign(answer.url);
      return false;
    }
    place.replaceChildren(...cart.childNodes);
    dispatchEvent(new Event("cart-changed"));
    return true;
  } catch {
    return "failed";
  }
}

function open() {
  if (!inPage && !drawer.open) {
    drawer.showModal();
    drawer.querySelector("#drawer-title").focus();
  }
  const said = place.querySelector("[data-said]");
  if (said) said.textContent = said.dataset.said;
}

/** The control that was used has been replaced: its successor, or what names the cart. */
function focusAgain(form, from) {
  if (!place.contains(document.activeElement) && !form.isConnected) {
    const variant = form.elements.variant?.value;
    const line = [...place.querySelectorAll("form")].find((each) => each.elements.variant.value === variant);
    const which = from?.dataset.step ? `[data-step="${from.dataset.step}"]` : "input[type=number]";
    (line?.querySelector(which) ?? document.querySelector(inPage ? "#content" : "#drawer-title")).focus();
  }
}

drawer.addEventListener("click", (event) => {
  if (event.target === drawer) drawer.close();
});
