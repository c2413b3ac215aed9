document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const body = JSON.stringify(Object.fromEntries(new FormData(event.target)));
  const response = await fetch('/token', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  document.querySelector('output').textContent = await response.json();
});
