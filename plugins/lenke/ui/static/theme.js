// The page is dark when Airflow's UI around it is; outside of it, when Airflow was last, else as the system says.
(function () {
  "use strict";
  function around() {
    try {
      return window.parent !== window ? window.parent.document.documentElement : null;
    } catch (refused) {
      return null;
    }
  }
  function dark() {
    var outer = around();
    if (outer) return outer.classList.contains("dark") || outer.getAttribute("data-theme") === "dark";
    var told = window.localStorage.getItem("theme");
    if (told === "dark" || told === "light") return told === "dark";
    return window.matchMedia("(prefers-color-scheme: dark)").matches;
  }
  function apply() {
    document.documentElement.setAttribute("data-theme", dark() ? "dark" : "light");
  }
  apply();
  var outer = around();
  if (outer) new MutationObserver(apply).observe(outer, { attributes: true, attributeFilter: ["class", "data-theme"] });
  window.addEventListener("storage", apply);
})();
