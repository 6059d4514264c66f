// How strong fills and hatches are, from 10 to 100 %; lines and names stay as they are.
var FILL = { least: 10, now: 100 };

function setFill(percent) {
  FILL.now = percent;
  document.documentElement.style.setProperty('--fill', percent / 100);
  byId('fill').value = percent;
  byId('fill').setAttribute('aria-valuetext', percent + '%');
  document.querySelector('.fill output').textContent = percent + '%';
}

ADDRESS.push({
  key: 'fill',
  follows: true,
  read: function (value) {
    var percent = /^\d{1,3}$/.test(value) ? Number(value) : 100;
    setFill(Math.max(FILL.least, Math.min(100, percent)));
  },
  write: function () { return FILL.now === 100 ? null : FILL.now; }
});

STARTING.push(function () {
  byId('fill').oninput = function () { setFill(Number(byId('fill').value)); };
  byId('fill').onchange = writeHash;
});
