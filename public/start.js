// Wakes the islands of a staff page. Pages without islands, browsers without modules, people without script: nothing is missing.
const islands = document.querySelectorAll("leptos-island");
if (islands.length > 0) {
  const desk = await import("/pkg/lazaret.js");
  await desk.default({ module_or_path: "/pkg/lazaret_bg.wasm" });
  desk.hydrate();
  for (const island of islands) desk[island.dataset.component]?.(island);
  document.documentElement.dataset.awake = "yes";
}
