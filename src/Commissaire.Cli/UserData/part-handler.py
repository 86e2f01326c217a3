#!/usr/bin/python3
"""
Registers this machine with Commissaire at its first boot.

This file is a part handler of cloud-init (version 2) and a program: part-handler.py SETTINGS. It needs only the Python of cloud-init.
Running it again is safe. Secrets are never printed or passed as arguments.
"""
import base64
import errno
import json
import os
import pwd
import random
import re
import socket
import subprocess
import sys
import time

try:
    import urllib.error as http_error
    import urllib.request as http
except ImportError:
    import urllib2 as http
    http_error = http

handler_version = 2

CONTENT_TYPE = 'text/x-commissaire-host'
RETRY_SECONDS = 900
MAX_RETRY_DELAY = 30
TRANSIENT_STATUS = (408, 425, 429, 500, 502, 503, 504)


class EnrolmentError(Exception):
    """An error that a retry does not resolve."""
    pass


def list_types():
    """Returns the content types that this handler accepts."""
    return [CONTENT_TYPE]


def handle_part(data, ctype, filename, payload, frequency):
    """Handles a part. Registration waits for the final stage, because host keys and sshd do not exist yet."""
    if ctype != CONTENT_TYPE:
        return
    try:
        settings = parse(payload)
        scripts = data.get_ipath_cur('scripts') if hasattr(data, 'get_ipath_cur') else None
        if scripts:
            schedule(settings, scripts)
        else:
            enrol(settings)
    except (EnrolmentError, EnvironmentError) as error:
        log('not registered: {0}'.format(error))


def parse(payload):
    """Parses the settings in a part."""
    try:
        settings = json.loads(payload.decode('utf-8') if isinstance(payload, bytes) else payload)
    except ValueError:
        raise EnrolmentError('the settings are not valid JSON')
    if not isinstance(settings, dict) or not settings.get('endpoint'):
        raise EnrolmentError('the settings are not an object with an endpoint')
    return settings


def schedule(settings, scripts):
    """Makes cloud-init run this file with the user scripts, at the end of the first boot."""
    this = os.path.abspath(__file__)
    stored = os.path.join(os.path.dirname(this), 'commissaire-host.json')
    write(stored, json.dumps(settings), 0o600)
    script = '#!/bin/sh\nexec {0} {1} {2}\n'.format(quote(sys.executable or '/usr/bin/python3'), quote(this), quote(stored))
    if not os.path.isdir(scripts):
        os.makedirs(scripts, 0o700)
    write(os.path.join(scripts, 'commissaire-register'), script, 0o700)
    log('registration is scheduled for the end of the boot')


def enrol(settings):
    """Prepares the machine for logins by Commissaire, and registers it."""
    user = settings.get('remote_user') or 'root'
    if not re.match(r'^[A-Za-z0-9_][A-Za-z0-9_.@+\\-]{0,254}(?<!\\)\$?$', user):
        raise EnrolmentError('remote_user is not a valid user name')
    account = ensure_user(user)
    authorized = path_of(settings.get('authorized_keys_path'), account, 'authorized_keys')
    key = ensure_key(settings.get('ssh_key_path'), account)
    authorize(key + '.pub', authorized, account)
    for directory in sorted(set([os.path.dirname(key), os.path.dirname(authorized)])):
        run_optional('restorecon', '-R', directory)
    body = {'remote_user': user, 'ssh_priv_key': base64.b64encode(read(key)).decode('ascii')}
    for name, value in (('cluster', settings.get('cluster')), ('port', settings.get('port')), ('bootstrap', settings.get('bootstrap')),
                        ('host_key', host_key())):
        if value:
            body[name] = value
    register(settings, json.dumps(body).encode('utf-8'))


def ensure_user(user):
    """Returns the account of a user with sudo rights. Creates it if missing."""
    try:
        account = pwd.getpwnam(user)
    except KeyError:
        run('useradd', '-m', user)
        account = pwd.getpwnam(user)
    if account.pw_uid != 0:
        # sudo ignores files with a dot in their name, and reads some characters of user names only after a backslash.
        path = os.path.join('/etc/sudoers.d', 'commissaire-' + re.sub(r'[^A-Za-z0-9_-]', '_', user))
        write(path, '{0} ALL=(ALL) NOPASSWD: ALL\n'.format(re.sub(r'([^A-Za-z0-9_.-])', r'\\\1', user)), 0o440)
    return account


def path_of(setting, account, name):
    """Returns the path in the settings, else the default path in the home of the user."""
    path = setting or os.path.join(account.pw_dir, '.ssh', name)
    if not os.path.isabs(path):
        raise EnrolmentError('{0} is not an absolute path'.format(path))
    return path


def ensure_key(setting, account):
    """Returns the path of the private key of the user. Creates the key pair if it is missing."""
    names = ('id_ed25519', 'id_rsa')
    paths = [path_of(setting, account, name) for name in names]
    key = next((path for path in paths if os.path.exists(path)), None)
    ensure_directory(os.path.dirname(paths[0]), account)
    if key is None:
        key = create_key(paths)
    if not os.path.exists(key + '.pub'):
        write(key + '.pub', run('ssh-keygen', '-y', '-f', key), 0o644)
    for path in (key, key + '.pub'):
        os.chown(path, account.pw_uid, account.pw_gid)
    return key


def create_key(paths):
    """Creates a key pair at the first path; at the next one where ssh-keygen cannot create such a key, as in FIPS mode."""
    name = os.path.basename(paths[0])
    kind = 'ecdsa' if 'ecdsa' in name else 'rsa' if 'rsa' in name else 'ed25519'
    try:
        run('ssh-keygen', '-q', '-N', '', '-t', kind, '-C', 'commissaire', '-f', paths[0])
        return paths[0]
    except EnrolmentError:
        if len(paths) == 1 or paths[0] == paths[1]:
            raise
        return create_key(paths[1:])


def ensure_directory(directory, account):
    """Creates a private directory of the user if it is missing, and its parents."""
    missing = []
    while not os.path.isdir(directory):
        missing.insert(0, directory)
        directory = os.path.dirname(directory)
    for path in missing:
        mode = 0o700 if path == missing[-1] else 0o755
        os.mkdir(path)
        os.chmod(path, mode)
        if mode == 0o700 or path.startswith(account.pw_dir + os.sep):
            os.chown(path, account.pw_uid, account.pw_gid)


def authorize(public, authorized, account):
    """Adds the public key to the authorized keys if it is missing."""
    line = read(public).decode('utf-8').strip()
    ensure_directory(os.path.dirname(authorized), account)
    known = read(authorized).decode('utf-8') if os.path.exists(authorized) else ''
    if line.split()[1] not in known.split():
        with os.fdopen(os.open(authorized, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), 'w') as keys:
            keys.write(('\n' if known and not known.endswith('\n') else '') + line + '\n')
    os.chmod(authorized, 0o600)
    os.chown(authorized, account.pw_uid, account.pw_gid)


def host_key():
    """Returns the public host key of sshd: ed25519, else ecdsa, else rsa."""
    try:
        config = run('sshd', '-T')
    except (EnrolmentError, EnvironmentError):
        config = ''
    files = [line.split(None, 1)[1].strip() for line in config.splitlines() if line.startswith('hostkey ')]
    files = files or ['/etc/ssh/ssh_host_{0}_key'.format(kind) for kind in ('ed25519', 'ecdsa', 'rsa')]
    keys = [read(path + '.pub').decode('utf-8').split() for path in files if os.path.exists(path + '.pub')]
    for kind in ('ssh-ed25519', 'ecdsa-sha2-', 'ssh-rsa'):
        for key in keys:
            if len(key) > 1 and key[0].startswith(kind):
                return ' '.join(key[:2])
    return None


def register(settings, body):
    """Sends the registration. Retries transient errors."""
    url = settings['endpoint'].rstrip('/') + '/api/v0/host'
    headers = {'Content-Type': 'application/json'}
    if settings.get('token'):
        headers['Authorization'] = 'Bearer ' + settings['token']
    elif settings.get('username') and settings.get('password'):
        pair = '{0}:{1}'.format(settings['username'], settings['password'])
        headers['Authorization'] = 'Basic ' + base64.b64encode(pair.encode('utf-8')).decode('ascii')
    deadline, delay = time.time() + settings.get('retry_seconds', RETRY_SECONDS), 1
    while True:
        error, permanent = put(url, headers, body)
        if error is None:
            return
        if permanent or time.time() + delay > deadline:
            raise EnrolmentError(error)
        log('{0}; retrying'.format(error))
        time.sleep(delay * random.uniform(0.8, 1.2))
        delay = min(delay * 2, MAX_RETRY_DELAY)


def put(url, headers, body):
    """Sends one request. Returns the error or None, and whether the error is permanent."""
    request = http.Request(url, data=body, headers=headers)
    request.get_method = lambda: 'PUT'
    try:
        response = http.urlopen(request, timeout=60)
        log('Commissaire response: {0} {1}'.format(response.getcode(), response.msg))
        return None, True
    except http_error.HTTPError as error:
        log('Commissaire response: {0} {1}'.format(error.code, error.msg))
        return 'the server rejected the request: {0}'.format(detail(error)), error.code not in TRANSIENT_STATUS
    except (http_error.URLError, EnvironmentError, socket.timeout) as error:
        return 'no response from {0}: {1}'.format(url, getattr(error, 'reason', error)), False
    except ValueError:
        return 'the endpoint is not a valid URL', True


def detail(error):
    """Returns the detail of an error response."""
    try:
        return json.loads(error.read().decode('utf-8'))['detail']
    except (ValueError, KeyError, TypeError, EnvironmentError):
        return error.msg


def run(program, *arguments):
    """Runs a program without a shell. Returns its output."""
    environment = dict(os.environ, PATH=os.environ.get('PATH', '') + ':/usr/sbin:/sbin:/usr/bin:/bin')
    candidates = [os.path.join(directory, program) for directory in environment['PATH'].split(':') if directory]
    program = next((path for path in candidates if os.access(path, os.X_OK)), program)
    process = subprocess.Popen(
        (program,) + arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    output, errors = process.communicate()
    if process.returncode != 0:
        raise EnrolmentError('{0}: {1}'.format(os.path.basename(program), errors.decode('utf-8', 'replace').strip()))
    return output.decode('utf-8', 'replace')


def run_optional(program, *arguments):
    """Runs a program and ignores errors: some systems do not have it."""
    try:
        run(program, *arguments)
    except (EnrolmentError, EnvironmentError):
        pass


def read(path):
    """Reads a file as bytes."""
    with open(path, 'rb') as file:
        return file.read()


def write(path, text, mode):
    """Replaces a file. Its content is never readable with another mode."""
    new = path + '.new~'
    try:
        os.unlink(new)
    except EnvironmentError as error:
        if error.errno != errno.ENOENT:
            raise
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), 'w') as file:
        file.write(text)
    os.chmod(new, mode)
    os.rename(new, path)


def quote(word):
    """Quotes a word for /bin/sh."""
    return "'" + word.replace("'", "'\"'\"'") + "'"


def log(text):
    """Prints a line to the output log of cloud-init."""
    sys.stdout.write('commissaire: {0}\n'.format(text))
    sys.stdout.flush()


def main(arguments):
    """Registers with the settings in a file, and then deletes the file."""
    try:
        enrol(parse(read(arguments[1])))
        os.unlink(arguments[1])
        return 0
    except (EnrolmentError, EnvironmentError) as error:
        log('not registered: {0}'.format(error))
        return 1


if __name__ == '__main__':
    sys.exit(main(sys.argv))
