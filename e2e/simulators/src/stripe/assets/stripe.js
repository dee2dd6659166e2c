// Stands in for Stripe.js in development and tests: defines window.Stripe with the calls that the
// storefront uses, draws a small form, and talks to the Stripe double that served this file.
(() => {
  "use strict";
  const base = new URL(document.currentScript.src).origin;
  const CHOICES = [
    ["card", "pay", "Card: pays"], ["card", "decline", "Card: declined"],
    ["card", "funds", "Card: insufficient funds"],
    ["card", "3ds_ok", "Card: 3-D Secure passes"], ["card", "3ds_fail", "Card: 3-D Secure fails"],
    ["mb_way", "approve", "MB WAY: approved"], ["mb_way", "refuse", "MB WAY: refused"],
    ["mb_way", "timeout", "MB WAY: no answer"], ["mb_way", "wait", "MB WAY: waits"],
    ["multibanco", "wait", "Multibanco: voucher"], ["multibanco", "pay", "Multibanco: voucher, paid at once"],
    ["sepa_debit", "wait", "SEPA debit"],
  ];
  const TOKENS = {
    pay: "pm_card_visa", decline: "pm_card_visa_chargeDeclined",
    funds: "pm_card_visa_chargeDeclinedInsufficientFunds",
    "3ds_ok": "pm_card_authenticationRequired", "3ds_fail": "pm_card_authenticationRequired",
  };
  const DATA = {
    mb_way: { "payment_method_data[type]": "mb_way", "payment_method_data[billing_details][phone]": "+351912345678" },
    multibanco: { "payment_method_data[type]": "multibanco", "payment_method_data[billing_details][email]": "cliente@example.com" },
    sepa_debit: { "payment_method_data[type]": "sepa_debit", "payment_method_data[sepa_debit][iban]": "PT50000201231234567890154",
      "payment_method_data[billing_details][name]": "Cliente", "payment_method_data[billing_details][email]": "cliente@example.com" },
  };
  // What the customer does after the confirmation, by method and outcome.
  const AFTER = { "3ds_ok": "approve", "3ds_fail": "fail", approve: "approve", refuse: "refuse", timeout: "timeout" };

  function Stripe(key, options = {}) {
    const account = options.stripeAccount || "";
    const call = async (method, path, fields) => {
      const form = new URLSearchParams({ ...fields, key, ...(account && { _stripe_account: account }) });
      const url = method === "GET" ? `${base}${path}?${form}` : `${base}${path}`;
      const answer = await fetch(url, method === "GET" ? {} : { method, body: form });
      const body = await answer.json();
      return answer.ok ? { paymentIntent: body } : { error: body.error };
    };
    const id = (clientSecret) => clientSecret.split("_secret_")[0];
    const retrieve = (clientSecret) =>
      call("GET", `/v1/payment_intents/${id(clientSecret)}`, { client_secret: clientSecret });
    const decide = async (clientSecret, choice) => {
      const form = new URLSearchParams({ client_secret: clientSecret, account, choice });
      const answer = await fetch(`${base}/pay/outcome`, { method: "POST", body: form });
      const body = await answer.json();
      if (!answer.ok) return { error: body.error };
      return body.last_payment_error ? { error: body.last_payment_error, paymentIntent: body } : { paymentIntent: body };
    };

    function elements(settings = {}) {
      let chosen = CHOICES[0];
      const listeners = {};
      const tell = (name, event) => (listeners[name] || []).forEach((listener) => listener(event));
      const element = {
        mount(target) {
          const place = typeof target === "string" ? document.querySelector(target) : target;
          const label = document.createElement("label");
          label.textContent = "Payment method (simulated) ";
          const select = document.createElement("select");
          select.name = "simulated-payment-method";
          CHOICES.forEach(([, , text], index) => select.append(new Option(text, String(index))));
          select.addEventListener("change", () => {
            chosen = CHOICES[Number(select.value)];
            tell("change", { elementType: "payment", complete: true, empty: false, value: { type: chosen[0] } });
          });
          label.append(select);
          place.replaceChildren(label);
          queueMicrotask(() => {
            tell("ready", { elementType: "payment" });
            tell("change", { elementType: "payment", complete: true, empty: false, value: { type: chosen[0] } });
          });
        },
        on(name, listener) { (listeners[name] ||= []).push(listener); return element; },
        off(name) { delete listeners[name]; return element; },
        update() {}, focus() {}, blur() {}, collapse() {}, clear() {},
        unmount() {}, destroy() {},
      };
      return {
        create: () => element, getElement: () => element, update() {},
        submit: async () => ({ selectedPaymentMethod: chosen[0] }),
        fetchUpdates: async () => ({}),
        _choice: () => chosen, _settings: settings,
      };
    }

    async function confirmPayment({ elements: group, clientSecret, confirmParams = {}, redirect = "always" }) {
      const secret = clientSecret || group._settings.clientSecret;
      const [kind, outcome] = group._choice();
      const fields = kind === "card" ? { payment_method: TOKENS[outcome] } : DATA[kind];
      let result = await call("POST", `/v1/payment_intents/${id(secret)}/confirm`, {
        ...fields, client_secret: secret, use_stripe_sdk: "true",
        ...(confirmParams.return_url && { return_url: confirmParams.return_url }),
      });
      const then = kind === "multibanco" && outcome === "pay" ? "pay" : AFTER[outcome];
      if (!result.error && then) result = await decide(secret, then);
      if (!result.error && redirect !== "if_required" && confirmParams.return_url) {
        const url = new URL(confirmParams.return_url);
        url.searchParams.set("payment_intent", id(secret));
        url.searchParams.set("payment_intent_client_secret", secret);
        url.searchParams.set("redirect_status", result.paymentIntent.status === "succeeded" ? "succeeded" : "pending");
        location.assign(url);
        return new Promise(() => {});
      }
      return result;
    }

    return {
      elements, confirmPayment,
      retrievePaymentIntent: retrieve,
      handleNextAction: async ({ clientSecret }) => {
        const { paymentIntent } = await retrieve(clientSecret);
        if (paymentIntent?.next_action?.type !== "use_stripe_sdk") return { paymentIntent };
        return decide(clientSecret, window.confirm("3-D Secure: authenticate?") ? "approve" : "fail");
      },
      createConfirmationToken: async () => ({ error: { type: "invalid_request_error", message: "not simulated" } }),
      registerAppInfo() {}, _registerWrapper() {},
    };
  }
  Stripe.version = "simulated";
  window.Stripe = Stripe;
})();
