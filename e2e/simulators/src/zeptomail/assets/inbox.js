// Looks for new mails now and then, and puts a fresh list in the place of the old one.
const list = document.getElementById("list");
setInterval(async () => {
  try {
    const { newest } = await (await fetch("/inbox/newest")).json();
    if (String(newest) === list.dataset.seen) return;
    list.dataset.seen = newest;
    const page = new DOMParser().parseFromString(await (await fetch(location)).text(), "text/html");
    list.innerHTML = page.getElementById("list").innerHTML;
  } catch {
    // The simulator is being restarted; the next look will tell.
  }
}, 2000);
