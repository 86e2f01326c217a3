"""
What cloud-init does with user-data in a first boot, as far as part handlers are concerned (cloudinit/stages.py, handlers/__init__.py of 22.4):
parts in their order, a handler only for what follows it, a Cloud to ask for folders, and at the end the scripts of users.
"""
import email
import gzip
import importlib
import os
import subprocess
import sys

ROOT = '/var/lib/cloud/instance'


class Cloud:
    def get_ipath_cur(self, name=None):
        return os.path.join(ROOT, name) if name else ROOT


def walk(text):
    handlers, count, cloud = {}, 0, Cloud()
    folder = os.path.join(ROOT, 'handlers')
    os.makedirs(folder, exist_ok=True)
    sys.path.insert(0, folder)
    assert 'mime-version:' in text[:4096].lower(), 'not a MIME document for cloud-init'
    for part in email.message_from_string(text).walk():
        ctype, payload = part.get_content_type(), part.get_payload(decode=True)
        if part.is_multipart():
            continue
        charset = part.get_param('charset')
        payload = payload.decode(charset) if charset else payload
        if ctype == 'text/part-handler':
            name = 'part-handler-{0:03d}'.format(count)
            with open(os.path.join(folder, name + '.py'), 'w') as file:
                file.write(payload)
            os.chmod(os.path.join(folder, name + '.py'), 0o600)
            module = importlib.import_module(name)
            module.handle_part(cloud, '__begin__', None, None, 'once-per-instance')
            handlers.update((kind, module) for kind in module.list_types())
            count += 1
        elif ctype in handlers:
            assert handlers[ctype].handler_version == 2
            handlers[ctype].handle_part(cloud, ctype, part.get_filename(), payload, 'once-per-instance')
        else:
            print('Unhandled unknown content-type ({0})'.format(ctype))
    for module in set(handlers.values()):
        module.handle_part(cloud, '__end__', None, None, 'once-per-instance')


def run_scripts():
    folder = os.path.join(ROOT, 'scripts')
    failed = 0
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        if os.access(os.path.join(folder, name), os.X_OK):
            failed |= subprocess.call([os.path.join(folder, name)])
    return failed


if __name__ == '__main__':
    if 'init' in sys.argv[1:]:
        with open('/root/user-data', 'rb') as file:
            data = file.read()
        # util.decomp_gzip
        walk((gzip.decompress(data) if data.startswith(b'\x1f\x8b') else data).decode())
    sys.stdout.flush()
    sys.exit(run_scripts() if 'final' in sys.argv[1:] else 0)
