// Stripe's form on the payment page; the page says which intent it pays.
const form = document.querySelector("#pay");
const error = document.querySelector("#pay-error");
const button = form.querySelector("button");

const tell = (text) => {
  error.textContent = text;
  error.hidden = !text;
};

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const look = {
  theme: "flat",
  variables: {
    colorPrimary: color("--primary"),
    colorBackground: color("--surface"),
    colorText: color("--text"),
    colorTextSecondary: color("--text-muted"),
    colorDanger: color("--danger"),
    borderRadius: color("--radius") || "4px",
  },
};

if (window.Stripe) {
  const stripe = window.Stripe(form.dataset.key, {
    stripeAccount: form.dataset.account,
    locale: form.dataset.locale.slice(0, 2),
  });
  const elements = stripe.elements({ clientSecret: form.dataset.secret, appearance: look });
  const payment = elements.create("payment");
  payment.mount("#card-fields");
  payment.on("ready", () => (button.disabled = false));

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    tell("");
    const result = await stripe.confirmPayment({
      elements,
      confirmParams: { return_url: form.dataset.done },
    });
    // A success leaves the page; what comes back here went wrong.
    tell(result.error?.message || form.dataset.failed);
    button.disabled = false;
  });
} else {
  tell(form.dataset.failed);
}
