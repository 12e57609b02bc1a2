/** Files of the web servers' images. */
import type { Entry } from './tree.js';
import { program, withUser } from './tree.js';

const WELCOME = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`;

const NGINX_DEFAULT = `server {
    listen       80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
}
`;

const NGINX_MAIN = `user  nginx;
worker_processes  auto;
error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;
events {
    worker_connections  1024;
}
http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;
    access_log  /var/log/nginx/access.log  main;
    include /etc/nginx/conf.d/*.conf;
}
`;

// The image's own entry point tells what it does before the server starts.
const NGINX_ENTRYPOINT =
  '#!/bin/sh\nset -e\nif [ "$1" = "nginx" ]; then\necho "$0: /docker-entrypoint.d/ is not empty, will attempt to perform configuration"\necho "$0: Configuration complete; ready for start up"\nfi\nexec "$@"\n';

export const NGINX_FILES: Record<string, Entry> = {
  ...withUser('nginx', 101),
  '/docker-entrypoint.sh': { text: NGINX_ENTRYPOINT, mode: 0o755 },
  '/usr/sbin/nginx': program('nginx'),
  '/usr/share/nginx/html/index.html': WELCOME,
  '/usr/share/nginx/html/50x.html': '<!DOCTYPE html>\n<html><head><title>Error</title></head><body><h1>An error occurred.</h1></body></html>\n',
  '/etc/nginx/nginx.conf': NGINX_MAIN,
  '/etc/nginx/conf.d/default.conf': NGINX_DEFAULT,
  '/etc/nginx/mime.types': 'types {\n    text/html  html htm shtml;\n}\n',
  '/var/log/nginx/access.log': { to: '/dev/stdout' },
  '/var/log/nginx/error.log': { to: '/dev/stderr' },
};

export const HTTPD_FILES: Record<string, Entry> = {
  '/usr/local/bin/httpd-foreground': { text: '#!/bin/sh\nset -e\nexec /usr/local/apache2/bin/httpd -DFOREGROUND "$@"\n', mode: 0o755 },
  '/usr/local/apache2/bin/httpd': program('apache'),
  '/usr/local/apache2/htdocs/index.html': '<html><body><h1>It works!</h1></body></html>\n',
};
