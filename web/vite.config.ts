import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const page = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const gateway = process.env.XIAOER_GATEWAY ?? "http://127.0.0.1:8080";

export default defineConfig({
  build: {
    // In-game WebViews lag behind browsers; these are the oldest engines that have what the pages use.
    target: ["chrome87", "safari14", "firefox78"],
    // The pages run under `default-src 'self'`: no data: addresses, no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // help/index.html is a template that the gateway fills (bot/gateway/self_service.py).
      input: { play: page("play/index.html"), desk: page("desk/index.html"), help: page("help/index.html") },
    },
  },
  server: {
    proxy: {
      "/chat/v1": { target: gateway, ws: true },
      "/desk/api": { target: gateway, ws: true },
      "/demo": gateway,
    },
  },
  test: {
    include: ["tests/**/*.test.{ts,tsx}"],
    environment: "happy-dom",
  },
});
