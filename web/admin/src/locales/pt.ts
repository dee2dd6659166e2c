import account from "./pt/account.ts";
import audit from "./pt/audit.ts";
import categories from "./pt/categories.ts";
import common from "./pt/common.ts";
import customers from "./pt/customers.ts";
import dashboard from "./pt/dashboard.ts";
import design from "./pt/design.ts";
import domains from "./pt/domains.ts";
import imports from "./pt/imports.ts";
import invoices from "./pt/invoices.ts";
import mails from "./pt/mails.ts";
import orders from "./pt/orders.ts";
import payments from "./pt/payments.ts";
import platform from "./pt/platform.ts";
import products from "./pt/products.ts";
import session from "./pt/session.ts";
import settings from "./pt/settings.ts";
import shell from "./pt/shell.ts";
import staff from "./pt/staff.ts";
import stock from "./pt/stock.ts";
import store from "./pt/store.ts";
import webhooks from "./pt/webhooks.ts";
import withdrawals from "./pt/withdrawals.ts";

const pt = {
  ...account,
  ...audit,
  ...categories,
  ...common,
  ...customers,
  ...dashboard,
  ...design,
  ...domains,
  ...imports,
  ...invoices,
  ...mails,
  ...orders,
  ...payments,
  ...platform,
  ...products,
  ...session,
  ...settings,
  ...shell,
  ...staff,
  ...stock,
  ...store,
  ...webhooks,
  ...withdrawals,
};

/** The shape of every language's words. */
export type Messages = typeof pt;

export default pt;
