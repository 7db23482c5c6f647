// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vite';

/** `npm run dev` forwards the API to a running daemon: DAVY_URL, else the default port. */
const daemon = process.env.DAVY_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  base: '/',
  server: { host: '127.0.0.1', proxy: { '/api': daemon, '/v2': daemon, '/health': daemon, '/metrics': daemon } },
  build: {
    target: 'es2020',
    // No data: addresses, so that `default-src 'self'` holds for every file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
