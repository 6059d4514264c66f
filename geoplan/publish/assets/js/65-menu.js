// The menu of themes: opens by click or keyboard, closes by Escape, a click elsewhere, or leaving it.
function startMenu() {
  var knob = byId('themes'), list = byId('theme-list');
  function open(on) {
    list.hidden = !on;
    knob.setAttribute('aria-expanded', on);
    if (on) { list.style.left = Math.max(8, Math.min(knob.offsetLeft, window.innerWidth - list.offsetWidth - 8)) + 'px'; }
  }
  knob.onclick = function () { open(list.hidden); };
  document.addEventListener('click', function (event) {
    if (!list.hidden && !list.contains(event.target) && event.target !== knob) { open(false); }
  });
  list.addEventListener('focusout', function (event) {
    if (event.relatedTarget && event.relatedTarget !== knob && !list.contains(event.relatedTarget)) { open(false); }
  });
  document.addEventListener('keydown', function (event) {
    if (event.key === 'Escape' && !list.hidden) {
      open(false);
      knob.focus();
      event.stopImmediatePropagation();
    }
  });
  knob.hidden = !list.querySelector('a');
}
