import account from "./en/account.ts";
import audit from "./en/audit.ts";
import categories from "./en/categories.ts";
import common from "./en/common.ts";
import customers from "./en/customers.ts";
import dashboard from "./en/dashboard.ts";
import design from "./en/design.ts";
import domains from "./en/domains.ts";
import imports from "./en/imports.ts";
import invoices from "./en/invoices.ts";
import mails from "./en/mails.ts";
import orders from "./en/orders.ts";
import payments from "./en/payments.ts";
import platform from "./en/platform.ts";
import products from "./en/products.ts";
import session from "./en/session.ts";
import settings from "./en/settings.ts";
import shell from "./en/shell.ts";
import staff from "./en/staff.ts";
import stock from "./en/stock.ts";
import store from "./en/store.ts";
import webhooks from "./en/webhooks.ts";
import withdrawals from "./en/withdrawals.ts";
import type { Messages } from "./pt.ts";

const en: Messages = {
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

export default en;
