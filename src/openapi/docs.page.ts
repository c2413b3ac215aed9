/** The page that shows the document: Swagger UI, with no script in the page itself, so that the browser may run none but ours. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** For this page alone. React sets styles one by one, Swagger UI's own sheets hold images, and `Try it out` calls us. */
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

/** Finds the document beside itself, whatever a proxy puts before our paths. Without a validator: that is somebody else's. */
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

/** `folder`: where the browser finds the page's files, seen from the address by which it came. */
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
