import type pt from "../pt/session.ts";

const session: typeof pt = {
  expired: {
    submit: "Go on",
    text: "The session of {{email}} has ended. Sign in again: what you typed is still here.",
    title: "The session has ended",
  },
  signIn: {
    again: "Sign in again with the temporary password",
    chooseSubmit: "Save and go in",
    chooseText: "A temporary password is only good for choosing your own.",
    chooseTitle: "Choose your password",
    email: "E-mail",
    fault: {
      different: "The two are not the same.",
      tooLong: "At most 128 characters.",
      tooShort: "At least 8 characters.",
    },
    forgotten: "Forgot your password? Ask the store's owner for another one.",
    newPassword: "New password",
    newPasswordHint: "8 to 128 characters.",
    password: "Password",
    platform: "I belong to the platform's team",
    repeat: "Repeat the new password",
    show: "Show or hide the password",
    store: "Store",
    storeHint: "The name in the store's address.",
    submit: "Sign in",
    text: "Run your store.",
    title: "Sign in",
  },
};

export default session;
