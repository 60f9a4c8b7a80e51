// Keys and small comforts; every page works without them.
(function () {
  "use strict";
  function typing(target) {
    return /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) && target.type !== "checkbox";
  }
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && typing(event.target)) return event.target.blur();
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return undefined;
    var found = document.querySelector('[data-key="' + (event.key === "/" ? "/" : event.key === "n" ? "n" : "-") + '"]');
    if (!found) return undefined;
    event.preventDefault();
    if (found.tagName === "A") found.click();
    else { found.focus(); found.select(); }
    return undefined;
  });

  var items = Array.prototype.slice.call(document.querySelectorAll('input[name="item"][type="checkbox"]'));
  var all = document.querySelector("[data-all]");
  var chosen = document.querySelector(".chosen");
  function count() {
    var number = items.filter(function (one) { return one.checked; }).length;
    if (chosen) chosen.textContent = number ? number + " chosen" : "";
    if (all) { all.checked = number > 0 && number === items.length; all.indeterminate = number > 0 && number < items.length; }
  }
  if (all) all.addEventListener("change", function () { items.forEach(function (one) { one.checked = all.checked; }); count(); });
  var last = null;
  items.forEach(function (one, at) {
    one.addEventListener("click", function (event) {
      if (event.shiftKey && last !== null) {
        items.slice(Math.min(last, at), Math.max(last, at) + 1).forEach(function (other) { other.checked = one.checked; });
      }
      last = at;
      count();
    });
  });
  count();

  document.querySelectorAll("[data-submit]").forEach(function (one) {
    one.addEventListener("change", function () { one.form.submit(); });
  });
  var reload = document.querySelector("[data-reload]");
  if (reload) window.setTimeout(function () { window.location.reload(); }, 1000 * Number(reload.dataset.reload));
})();
