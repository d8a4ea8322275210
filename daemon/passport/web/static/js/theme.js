// @ts-check
// Day or night, without loading the page anew. The choice is kept in a cookie, so that the server renders it at once.

export function start() {
  const button = document.querySelector("[data-theme-switch]");
  button?.closest("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const root = document.documentElement;
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : window.matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    document.cookie = `badge-passport-theme=${root.dataset.theme};path=/;samesite=strict;max-age=31536000`;
  });
}
