/** Swagger UI without inline scripts, so that the Content-Security-Policy can forbid them. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** Swagger UI sets inline styles, its style sheets embed images, and `Try it out` sends requests to this service. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join(';');

/** Relative URL, so that the page works behind a proxy with a path prefix. `validatorUrl: null` disables the external validator. */
export const START_SCRIPT = {
  name: 'start.js',
  content: `SwaggerUIBundle({
  url: new URL('../docs-json', document.currentScript.src).href,
  dom_id: '#reference',
  deepLinking: true,
  validatorUrl: null,
});
`,
};

/** `folder`: URL of Swagger UI's files, relative to the address of the page. */
export const pageOf = (folder: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>LiveKit token service</title>
    <link rel="icon" href="${folder}/favicon-32x32.png">
    <link rel="stylesheet" href="${folder}/swagger-ui.css">
  </head>
  <body>
    <div id="reference"></div>
    <script src="${folder}/swagger-ui-bundle.js"></script>
    <script src="${folder}/${START_SCRIPT.name}"></script>
  </body>
</html>
`;

export const ASSETS: readonly string[] = ['favicon-32x32.png', 'swagger-ui.css', 'swagger-ui-bundle.js'];

export const assetFolder = (): string =>
  dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
