#!/usr/bin/python3
"""
Registers this machine with Commissaire when it first boots.

A part handler of cloud-init (version 2), and a program of its own: part-handler.py SETTINGS. Needs nothing but the interpreter
that cloud-init runs in, Python 3 or 2.7. Doing it twice does no harm. No secret is printed, nor given to a program as an argument.
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
PATIENCE = 900  # seconds for which a server that does not answer is asked again
LONGEST_PAUSE = 30
PASSING = (408, 425, 429, 500, 502, 503, 504)


class Refused(Exception):
    """It cannot be done, and will not be by trying again."""


def list_types():
    """Which parts cloud-init is to bring here."""
    return [CONTENT_TYPE]


def handle_part(data, ctype, filename, payload, frequency):
    """Takes one part. Parts come before the machine has its own host keys and its sshd: the registration is left to the last stage."""
    if ctype != CONTENT_TYPE:
        return
    try:
        settings = parse(payload)
        folder = data.get_ipath_cur('scripts') if hasattr(data, 'get_ipath_cur') else None
        if folder:
            put_off(settings, folder)
        else:
            enrol(settings)
    except (Refused, EnvironmentError) as error:
        say('not registered: {0}'.format(error))


def parse(payload):
    """The settings in a part."""
    try:
        settings = json.loads(payload.decode('utf-8') if isinstance(payload, bytes) else payload)
    except ValueError:
        raise Refused('the part is not JSON')
    if not isinstance(settings, dict) or not settings.get('endpoint'):
        raise Refused('the part is no object with an endpoint')
    return settings


def put_off(settings, folder):
    """Has cloud-init run this file once more when it runs the scripts of users, at the end of the first boot."""
    this = os.path.abspath(__file__)
    kept = os.path.join(os.path.dirname(this), 'commissaire-host.json')
    write(kept, json.dumps(settings), 0o600)
    script = '#!/bin/sh\nexec {0} {1} {2}\n'.format(quote(sys.executable or '/usr/bin/python3'), quote(this), quote(kept))
    if not os.path.isdir(folder):
        os.makedirs(folder, 0o700)
    write(os.path.join(folder, 'commissaire-register'), script, 0o700)
    say('will register when the machine is up')


def enrol(settings):
    """Makes the machine one that Commissaire can log in to, and says so to the server."""
    user = settings.get('remote_user') or 'root'
    if not re.match(r'^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}$', user):
        raise Refused('remote_user is not a user name')
    account = ensure_user(user)
    key = path_of(settings.get('ssh_key_path'), account, 'id_rsa')
    authorized = path_of(settings.get('authorized_keys_path'), account, 'authorized_keys')
    ensure_key(key, account)
    authorize(key + '.pub', authorized, account)
    for folder in sorted(set([os.path.dirname(key), os.path.dirname(authorized)])):
        run_if_there('restorecon', '-R', folder)
    body = {'remote_user': user, 'ssh_priv_key': base64.b64encode(read(key)).decode('ascii')}
    for name, value in (('cluster', settings.get('cluster')), ('port', settings.get('port')), ('host_key', host_key())):
        if value:
            body[name] = value
    register(settings, json.dumps(body).encode('utf-8'))


def ensure_user(user):
    """The account of a user who may become root; made if need be."""
    try:
        account = pwd.getpwnam(user)
    except KeyError:
        run('useradd', '-m', user)
        account = pwd.getpwnam(user)
    if account.pw_uid != 0:
        # sudo reads no file with a dot in its name.
        path = os.path.join('/etc/sudoers.d', 'commissaire-' + user.replace('.', '_'))
        write(path, '{0} ALL=(ALL) NOPASSWD: ALL\n'.format(user), 0o440)
    return account


def path_of(given, account, name):
    """A file of the user: where it was said to be, else below the home the user really has."""
    path = given or os.path.join(account.pw_dir, '.ssh', name)
    if not os.path.isabs(path):
        raise Refused('{0} is not an absolute path'.format(path))
    return path


def ensure_key(key, account):
    """A key pair of the user."""
    ensure_folder(os.path.dirname(key), account)
    if not os.path.exists(key):
        kind = [k for k in ('ed25519', 'ecdsa') if k in os.path.basename(key)] or ['rsa']
        run('ssh-keygen', '-q', '-N', '', '-t', kind[0], '-C', 'commissaire', '-f', key)
    if not os.path.exists(key + '.pub'):
        write(key + '.pub', run('ssh-keygen', '-y', '-f', key), 0o644)
    for path in (key, key + '.pub'):
        os.chown(path, account.pw_uid, account.pw_gid)


def ensure_folder(folder, account):
    """A folder that only the user may look into. One that is there is left as it is."""
    if not os.path.isdir(folder):
        os.makedirs(folder, 0o700)
        os.chown(folder, account.pw_uid, account.pw_gid)


def authorize(public, authorized, account):
    """Lets the key in, once."""
    line = read(public).decode('utf-8').strip()
    ensure_folder(os.path.dirname(authorized), account)
    known = read(authorized).decode('utf-8') if os.path.exists(authorized) else ''
    if line.split()[1] not in known.split():
        with os.fdopen(os.open(authorized, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), 'w') as keys:
            keys.write(('\n' if known and not known.endswith('\n') else '') + line + '\n')
    os.chmod(authorized, 0o600)
    os.chown(authorized, account.pw_uid, account.pw_gid)


def host_key():
    """The public key that sshd proves itself with: ed25519 where there is one."""
    try:
        said = run('sshd', '-T')
    except (Refused, EnvironmentError):
        said = ''
    files = [line.split(None, 1)[1].strip() for line in said.splitlines() if line.startswith('hostkey ')]
    files = files or ['/etc/ssh/ssh_host_{0}_key'.format(kind) for kind in ('ed25519', 'ecdsa', 'rsa')]
    keys = [read(path + '.pub').decode('utf-8').split() for path in files if os.path.exists(path + '.pub')]
    for kind in ('ssh-ed25519', 'ecdsa-sha2-', 'ssh-rsa'):
        for key in keys:
            if len(key) > 1 and key[0].startswith(kind):
                return ' '.join(key[:2])
    return None


def register(settings, body):
    """Asks until a server answers."""
    url = settings['endpoint'].rstrip('/') + '/api/v0/host'
    headers = {'Content-Type': 'application/json'}
    if settings.get('token'):
        headers['Authorization'] = 'Bearer ' + settings['token']
    elif settings.get('username') and settings.get('password'):
        pair = '{0}:{1}'.format(settings['username'], settings['password'])
        headers['Authorization'] = 'Basic ' + base64.b64encode(pair.encode('utf-8')).decode('ascii')
    deadline, pause = time.time() + settings.get('patience', PATIENCE), 1
    while True:
        why, final = put(url, headers, body)
        if why is None:
            return
        if final or time.time() + pause > deadline:
            raise Refused(why)
        say('{0}; trying again'.format(why))
        time.sleep(pause * random.uniform(0.8, 1.2))
        pause = min(pause * 2, LONGEST_PAUSE)


def put(url, headers, body):
    """One try: what went wrong, if anything, and whether it would again."""
    request = http.Request(url, data=body, headers=headers)
    request.get_method = lambda: 'PUT'
    try:
        response = http.urlopen(request, timeout=60)
        say('Commissaire response: {0} {1}'.format(response.getcode(), response.msg))
        return None, True
    except http_error.HTTPError as error:
        say('Commissaire response: {0} {1}'.format(error.code, error.msg))
        return 'the server refused: {0}'.format(detail(error)), error.code not in PASSING
    except (http_error.URLError, EnvironmentError, socket.timeout) as error:
        return 'no answer from {0}: {1}'.format(url, getattr(error, 'reason', error)), False
    except ValueError:
        return 'the endpoint is not a URL', True


def detail(error):
    """What the server has to say on it."""
    try:
        return json.loads(error.read().decode('utf-8'))['detail']
    except (ValueError, KeyError, TypeError, EnvironmentError):
        return error.msg


def run(program, *arguments):
    """Runs a program, never through a shell; what it printed."""
    environment = dict(os.environ, PATH=os.environ.get('PATH', '') + ':/usr/sbin:/sbin:/usr/bin:/bin')
    program = next((os.path.join(folder, program) for folder in environment['PATH'].split(':') if folder and os.access(os.path.join(folder, program), os.X_OK)), program)
    process = subprocess.Popen((program,) + arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    output, errors = process.communicate()
    if process.returncode != 0:
        raise Refused('{0}: {1}'.format(os.path.basename(program), errors.decode('utf-8', 'replace').strip()))
    return output.decode('utf-8', 'replace')


def run_if_there(program, *arguments):
    """Runs a program that not every machine has, and that is missed by none that lacks it."""
    try:
        run(program, *arguments)
    except (Refused, EnvironmentError):
        pass


def read(path):
    """The bytes of a file."""
    with open(path, 'rb') as file:
        return file.read()


def write(path, text, mode):
    """Writes a file, which is never open to more people than it shall be."""
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
    """A word for /bin/sh."""
    return "'" + word.replace("'", "'\"'\"'") + "'"


def say(text):
    """A line in cloud-init's log of output."""
    sys.stdout.write('commissaire: {0}\n'.format(text))
    sys.stdout.flush()


def main(arguments):
    """Registers with the settings in a file, which is removed once that is done."""
    try:
        enrol(parse(read(arguments[1])))
        os.unlink(arguments[1])
        return 0
    except (Refused, EnvironmentError) as error:
        say('not registered: {0}'.format(error))
        return 1


if __name__ == '__main__':
    sys.exit(main(sys.argv))
