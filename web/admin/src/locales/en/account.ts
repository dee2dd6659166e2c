import type pt from "../pt/account.ts";

const account: typeof pt = {
  account: {
    changed: "The password was changed. Other sessions have ended.",
    current: "Current password",
    submit: "Change password",
    text: "When you change it, all other sessions end.",
  },
};

export default account;
