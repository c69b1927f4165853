# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_jot_global_optspecs
    string join \n settings= json q/quiet v/verbose h/help V/version
end

function __fish_jot_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_jot_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_jot_using_subcommand
    set -l cmd (__fish_jot_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c jot -n "__fish_jot_needs_command" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_needs_command" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_needs_command" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_needs_command" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_needs_command" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_needs_command" -s V -l version -d 'Print version'
complete -c jot -n "__fish_jot_needs_command" -f -a "init" -d 'Set up a folder: settings, a key, the store and a first user'
complete -c jot -n "__fish_jot_needs_command" -f -a "keygen" -d 'Make a key pair'
complete -c jot -n "__fish_jot_needs_command" -f -a "make_rsa" -d 'Make a key pair'
complete -c jot -n "__fish_jot_needs_command" -f -a "key" -d 'Rotate, import, revoke, show and convert keys'
complete -c jot -n "__fish_jot_needs_command" -f -a "issue" -d 'Issue a token'
complete -c jot -n "__fish_jot_needs_command" -f -a "mint" -d 'Issue a token'
complete -c jot -n "__fish_jot_needs_command" -f -a "decode" -d 'Show what a token says, without checking it'
complete -c jot -n "__fish_jot_needs_command" -f -a "lint" -d 'Find what is wrong with a token, without checking its signature'
complete -c jot -n "__fish_jot_needs_command" -f -a "validate" -d 'Check a token'
complete -c jot -n "__fish_jot_needs_command" -f -a "verify" -d 'Check a token'
complete -c jot -n "__fish_jot_needs_command" -f -a "refresh" -d 'Get new tokens for a refresh token'
complete -c jot -n "__fish_jot_needs_command" -f -a "revoke" -d 'Refuse a token, a session, a user\'s tokens or all'
complete -c jot -n "__fish_jot_needs_command" -f -a "blacklist" -d 'Refuse a token, a session, a user\'s tokens or all'
complete -c jot -n "__fish_jot_needs_command" -f -a "revocations" -d 'List and purge what is revoked'
complete -c jot -n "__fish_jot_needs_command" -f -a "tokens" -d 'List the tokens issued from the command line'
complete -c jot -n "__fish_jot_needs_command" -f -a "session" -d 'List, show and end sessions'
complete -c jot -n "__fish_jot_needs_command" -f -a "events" -d 'Read the audit log'
complete -c jot -n "__fish_jot_needs_command" -f -a "throttle" -d 'Show and lift what slows logins down'
complete -c jot -n "__fish_jot_needs_command" -f -a "user" -d 'Add, list and change the users of the store'
complete -c jot -n "__fish_jot_needs_command" -f -a "client" -d 'Add, list and remove the programs that ask the server'
complete -c jot -n "__fish_jot_needs_command" -f -a "serve" -d 'Run the login server'
complete -c jot -n "__fish_jot_needs_command" -f -a "backup" -d 'Copy the store to a new file, while it is in use'
complete -c jot -n "__fish_jot_needs_command" -f -a "restore" -d 'Bring users and groups back from a backup'
complete -c jot -n "__fish_jot_needs_command" -f -a "settings" -d 'Show and check the settings'
complete -c jot -n "__fish_jot_needs_command" -f -a "doctor" -d 'Find what is wrong with settings, keys, store and server'
complete -c jot -n "__fish_jot_needs_command" -f -a "tour" -d 'Play a token\'s whole life in a temporary folder'
complete -c jot -n "__fish_jot_needs_command" -f -a "completions" -d 'Print the completions for a shell'
complete -c jot -n "__fish_jot_needs_command" -f -a "man" -d 'Write the man pages'
complete -c jot -n "__fish_jot_using_subcommand init" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand init" -s y -l yes -d 'Ask nothing, take the defaults, add no user'
complete -c jot -n "__fish_jot_using_subcommand init" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand init" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand init" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand init" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand keygen" -l alg -d 'The algorithm the key is for [default: the setting keys.alg, else RS256]' -r
complete -c jot -n "__fish_jot_using_subcommand keygen" -l bits -d 'The length of an RSA modulus [default: 2048]' -r
complete -c jot -n "__fish_jot_using_subcommand keygen" -l out -d 'Where to write: NAME.pem (or NAME.jwk) and NAME.pub [default: the ring\'s, jwt-signing]' -r -F
complete -c jot -n "__fish_jot_using_subcommand keygen" -l passphrase-file -d 'Encrypt the private key with the passphrase in this file' -r -F
complete -c jot -n "__fish_jot_using_subcommand keygen" -l format -d 'How the private key is written [default: pkcs8; jwk where a PEM would not say the algorithm]' -r -f -a "pkcs8\t'PEM, PKCS#8 (RFC 5958)'
pkcs1\t'PEM, PKCS#1 (RFC 8017), RSA only'
jwk\t'JSON Web Key (RFC 7517)'"
complete -c jot -n "__fish_jot_using_subcommand keygen" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand keygen" -l force -d 'Replace a key that is there'
complete -c jot -n "__fish_jot_using_subcommand keygen" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand keygen" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand keygen" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand keygen" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jot -n "__fish_jot_using_subcommand make_rsa" -l alg -d 'The algorithm the key is for [default: the setting keys.alg, else RS256]' -r
complete -c jot -n "__fish_jot_using_subcommand make_rsa" -l bits -d 'The length of an RSA modulus [default: 2048]' -r
complete -c jot -n "__fish_jot_using_subcommand make_rsa" -l out -d 'Where to write: NAME.pem (or NAME.jwk) and NAME.pub [default: the ring\'s, jwt-signing]' -r -F
complete -c jot -n "__fish_jot_using_subcommand make_rsa" -l passphrase-file -d 'Encrypt the private key with the passphrase in this file' -r -F
complete -c jot -n "__fish_jot_using_subcommand make_rsa" -l format -d 'How the private key is written [default: pkcs8; jwk where a PEM would not say the algorithm]' -r -f -a "pkcs8\t'PEM, PKCS#8 (RFC 5958)'
pkcs1\t'PEM, PKCS#1 (RFC 8017), RSA only'
jwk\t'JSON Web Key (RFC 7517)'"
complete -c jot -n "__fish_jot_using_subcommand make_rsa" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand make_rsa" -l force -d 'Replace a key that is there'
complete -c jot -n "__fish_jot_using_subcommand make_rsa" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand make_rsa" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand make_rsa" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand make_rsa" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jot -n "__fish_jot_using_subcommand key; and not __fish_seen_subcommand_from list show import export rotate retire revoke remove" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand key; and not __fish_seen_subcommand_from list show import export rotate retire revoke remove" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand key; and not __fish_seen_subcommand_from list show import export rotate retire revoke remove" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand key; and not __fish_seen_subcommand_from list show import export rotate retire revoke remove" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand key; and not __fish_seen_subcommand_from list show import export rotate retire revoke remove" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand key; and not __fish_seen_subcommand_from list show import export rotate retire revoke remove" -f -a "list" -d 'List the ring\'s keys, with their states'
complete -c jot -n "__fish_jot_using_subcommand key; and not __fish_seen_subcommand_from list show import export rotate retire revoke remove" -f -a "show" -d 'Show a key\'s algorithm, size, id and public part'
complete -c jot -n "__fish_jot_using_subcommand key; and not __fish_seen_subcommand_from list show import export rotate retire revoke remove" -f -a "import" -d 'Take a key from a file into the ring'
complete -c jot -n "__fish_jot_using_subcommand key; and not __fish_seen_subcommand_from list show import export rotate retire revoke remove" -f -a "export" -d 'Write a key in another form'
complete -c jot -n "__fish_jot_using_subcommand key; and not __fish_seen_subcommand_from list show import export rotate retire revoke remove" -f -a "rotate" -d 'Make the next key: published now, signing when everybody knows it'
complete -c jot -n "__fish_jot_using_subcommand key; and not __fish_seen_subcommand_from list show import export rotate retire revoke remove" -f -a "retire" -d 'Let a key sign no more; it verifies until its tokens have ended'
complete -c jot -n "__fish_jot_using_subcommand key; and not __fish_seen_subcommand_from list show import export rotate retire revoke remove" -f -a "revoke" -d 'Refuse a key and all that it signed, from now on'
complete -c jot -n "__fish_jot_using_subcommand key; and not __fish_seen_subcommand_from list show import export rotate retire revoke remove" -f -a "remove" -d 'Forget a key and delete its files'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from list" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from list" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from list" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from show" -l alg -d 'What the key is for, where the file does not say' -r
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from show" -l passphrase-file -d 'A file with the passphrase of an encrypted key' -r -F
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from show" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from show" -l allow-open-key -d 'Use a private key file that others can read'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from show" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from show" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from show" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from import" -l alg -d 'What the key is for, where the file does not say' -r
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from import" -l passphrase-file -d 'A file with the passphrase of an encrypted key' -r -F
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from import" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from import" -l verify-only -d 'Only verify with it: tokens that it signed elsewhere'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from import" -l now -d 'Sign with it at once, although verifiers may not know it yet'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from import" -l allow-open-key -d 'Use a private key file that others can read'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from import" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from import" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from import" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from export" -l format -d 'The form' -r -f -a "jwk\t'JSON Web Key (RFC 7517)'
jwks\t'JSON Web Key Set'
pem\t'PEM: SPKI, or PKCS#8 with --private'
pkcs1\t'PEM, PKCS#1, RSA only'
sec1\t'PEM: SPKI, or SEC1 with --private, EC only'
der\t'DER: SPKI, or PKCS#8 with --private'"
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from export" -l new-passphrase-file -d 'Encrypt the private key with the passphrase in this file (pem and der)' -r -F
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from export" -l out -d 'Write to this new file instead of stdout' -r -F
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from export" -l alg -d 'What the key is for, where the file does not say' -r
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from export" -l passphrase-file -d 'A file with the passphrase of an encrypted key' -r -F
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from export" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from export" -l private -d 'The private key, not the public one'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from export" -l allow-open-key -d 'Use a private key file that others can read'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from export" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from export" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from export" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from rotate" -l alg -d 'The algorithm the key is for [default: that of the key that signs]' -r
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from rotate" -l bits -d 'The length of an RSA modulus [default: that of the key that signs, else 2048]' -r
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from rotate" -l passphrase-file -d 'Encrypt it with the passphrase in this file [default: as the key that signs is encrypted]' -r -F
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from rotate" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from rotate" -l now -d 'Sign at once, although verifiers may not know the key yet; a key that waits signs at once'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from rotate" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from rotate" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from rotate" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from retire" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from retire" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from retire" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from retire" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from retire" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from revoke" -l reason -d 'Why' -r
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from revoke" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from revoke" -s y -l yes -d 'Do not ask'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from revoke" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from revoke" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from revoke" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from remove" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from remove" -l force -d 'Also a key that signs, or whose tokens may be alive'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Do not ask'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from remove" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand key; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand issue" -s u -l user -d 'The user\'s name, stored or not' -r
complete -c jot -n "__fish_jot_using_subcommand issue" -l type -d 'Which token; a refresh token or a pair begins a session' -r -f -a "access\t'An access token without a session'
refresh\t'A refresh token'
pair\t'Both, of one session'"
complete -c jot -n "__fish_jot_using_subcommand issue" -l ttl -d 'How long it lives: 90s, 15m, 1h30m, 30d, never; of a pair, the access token' -r
complete -c jot -n "__fish_jot_using_subcommand issue" -l aud -d 'For whom it is meant (aud); repeat for several' -r
complete -c jot -n "__fish_jot_using_subcommand issue" -l iss -d 'Who issues it (iss)' -r
complete -c jot -n "__fish_jot_using_subcommand issue" -l client-id -d 'The client it is issued to, for the profile rfc9068' -r
complete -c jot -n "__fish_jot_using_subcommand issue" -l perm -d 'A permission, besides the stored user\'s; repeat for several' -r
complete -c jot -n "__fish_jot_using_subcommand issue" -s c -l claim -d 'A claim: name=text, name:=JSON, a.b=text, or @FILE with an object of claims' -r
complete -c jot -n "__fish_jot_using_subcommand issue" -l from -d 'Take user, audience and claims from this token of ours ("-": from stdin)' -r
complete -c jot -n "__fish_jot_using_subcommand issue" -l profile -d 'The shape of the claims' -r -f -a "djwto\t'As djwto writes them'
ninja\t'As django-ninja-simple-jwt writes them'
rfc9068\t'JWT access tokens for OAuth 2.0 (RFC 9068)'"
complete -c jot -n "__fish_jot_using_subcommand issue" -l batch -d 'One token for each line of FILE ("-": stdin), such as {"user":"alice","ttl":"1h"}' -r -F
complete -c jot -n "__fish_jot_using_subcommand issue" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand issue" -l allow-open-key -d 'Use a private key file that others can read'
complete -c jot -n "__fish_jot_using_subcommand issue" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand issue" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand issue" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand issue" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jot -n "__fish_jot_using_subcommand mint" -s u -l user -d 'The user\'s name, stored or not' -r
complete -c jot -n "__fish_jot_using_subcommand mint" -l type -d 'Which token; a refresh token or a pair begins a session' -r -f -a "access\t'An access token without a session'
refresh\t'A refresh token'
pair\t'Both, of one session'"
complete -c jot -n "__fish_jot_using_subcommand mint" -l ttl -d 'How long it lives: 90s, 15m, 1h30m, 30d, never; of a pair, the access token' -r
complete -c jot -n "__fish_jot_using_subcommand mint" -l aud -d 'For whom it is meant (aud); repeat for several' -r
complete -c jot -n "__fish_jot_using_subcommand mint" -l iss -d 'Who issues it (iss)' -r
complete -c jot -n "__fish_jot_using_subcommand mint" -l client-id -d 'The client it is issued to, for the profile rfc9068' -r
complete -c jot -n "__fish_jot_using_subcommand mint" -l perm -d 'A permission, besides the stored user\'s; repeat for several' -r
complete -c jot -n "__fish_jot_using_subcommand mint" -s c -l claim -d 'A claim: name=text, name:=JSON, a.b=text, or @FILE with an object of claims' -r
complete -c jot -n "__fish_jot_using_subcommand mint" -l from -d 'Take user, audience and claims from this token of ours ("-": from stdin)' -r
complete -c jot -n "__fish_jot_using_subcommand mint" -l profile -d 'The shape of the claims' -r -f -a "djwto\t'As djwto writes them'
ninja\t'As django-ninja-simple-jwt writes them'
rfc9068\t'JWT access tokens for OAuth 2.0 (RFC 9068)'"
complete -c jot -n "__fish_jot_using_subcommand mint" -l batch -d 'One token for each line of FILE ("-": stdin), such as {"user":"alice","ttl":"1h"}' -r -F
complete -c jot -n "__fish_jot_using_subcommand mint" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand mint" -l allow-open-key -d 'Use a private key file that others can read'
complete -c jot -n "__fish_jot_using_subcommand mint" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand mint" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand mint" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand mint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jot -n "__fish_jot_using_subcommand decode" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand decode" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand decode" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand decode" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand decode" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand lint" -l explain -d 'Say what a rule is about, and why; without RULE, list all' -r
complete -c jot -n "__fish_jot_using_subcommand lint" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand lint" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand lint" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand lint" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand lint" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand validate" -l type -d 'The type it must have (default: access; of a foreign token: not asked)' -r -f -a "access\t'An access token'
refresh\t'A refresh token'
any\t'Either'"
complete -c jot -n "__fish_jot_using_subcommand validate" -l perm -d 'A permission it must carry; repeat for several' -r
complete -c jot -n "__fish_jot_using_subcommand validate" -l iss -d 'The issuer it must name' -r
complete -c jot -n "__fish_jot_using_subcommand validate" -l aud -d 'An audience that you are; it must name one of them' -r
complete -c jot -n "__fish_jot_using_subcommand validate" -l require -d 'A claim it must have; repeat for several' -r
complete -c jot -n "__fish_jot_using_subcommand validate" -l leeway -d 'How far clocks may be apart' -r
complete -c jot -n "__fish_jot_using_subcommand validate" -l at -d 'Judge it at this moment: now, +1d, -2h, 2027-01-01, RFC 3339, seconds since 1970' -r
complete -c jot -n "__fish_jot_using_subcommand validate" -l profile -d 'The shape its claims must have' -r -f -a "djwto\t'As djwto writes them'
ninja\t'As django-ninja-simple-jwt writes them'
rfc9068\t'JWT access tokens for OAuth 2.0 (RFC 9068)'"
complete -c jot -n "__fish_jot_using_subcommand validate" -l key -d 'A foreign token: verify with this key (PEM, DER, JWK, JWKS, secret); the store is not asked' -r -F
complete -c jot -n "__fish_jot_using_subcommand validate" -l jwks -d 'A foreign token: verify with this key set' -r -F
complete -c jot -n "__fish_jot_using_subcommand validate" -l alg -d 'An algorithm that is allowed; repeat for several' -r
complete -c jot -n "__fish_jot_using_subcommand validate" -l passphrase-file -d 'A file with the passphrase of an encrypted key' -r -F
complete -c jot -n "__fish_jot_using_subcommand validate" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand validate" -l ignore-exp -d 'Take an expired token too'
complete -c jot -n "__fish_jot_using_subcommand validate" -l allow-open-key -d 'Use a private key file that others can read'
complete -c jot -n "__fish_jot_using_subcommand validate" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand validate" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand validate" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jot -n "__fish_jot_using_subcommand verify" -l type -d 'The type it must have (default: access; of a foreign token: not asked)' -r -f -a "access\t'An access token'
refresh\t'A refresh token'
any\t'Either'"
complete -c jot -n "__fish_jot_using_subcommand verify" -l perm -d 'A permission it must carry; repeat for several' -r
complete -c jot -n "__fish_jot_using_subcommand verify" -l iss -d 'The issuer it must name' -r
complete -c jot -n "__fish_jot_using_subcommand verify" -l aud -d 'An audience that you are; it must name one of them' -r
complete -c jot -n "__fish_jot_using_subcommand verify" -l require -d 'A claim it must have; repeat for several' -r
complete -c jot -n "__fish_jot_using_subcommand verify" -l leeway -d 'How far clocks may be apart' -r
complete -c jot -n "__fish_jot_using_subcommand verify" -l at -d 'Judge it at this moment: now, +1d, -2h, 2027-01-01, RFC 3339, seconds since 1970' -r
complete -c jot -n "__fish_jot_using_subcommand verify" -l profile -d 'The shape its claims must have' -r -f -a "djwto\t'As djwto writes them'
ninja\t'As django-ninja-simple-jwt writes them'
rfc9068\t'JWT access tokens for OAuth 2.0 (RFC 9068)'"
complete -c jot -n "__fish_jot_using_subcommand verify" -l key -d 'A foreign token: verify with this key (PEM, DER, JWK, JWKS, secret); the store is not asked' -r -F
complete -c jot -n "__fish_jot_using_subcommand verify" -l jwks -d 'A foreign token: verify with this key set' -r -F
complete -c jot -n "__fish_jot_using_subcommand verify" -l alg -d 'An algorithm that is allowed; repeat for several' -r
complete -c jot -n "__fish_jot_using_subcommand verify" -l passphrase-file -d 'A file with the passphrase of an encrypted key' -r -F
complete -c jot -n "__fish_jot_using_subcommand verify" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand verify" -l ignore-exp -d 'Take an expired token too'
complete -c jot -n "__fish_jot_using_subcommand verify" -l allow-open-key -d 'Use a private key file that others can read'
complete -c jot -n "__fish_jot_using_subcommand verify" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand verify" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand verify" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jot -n "__fish_jot_using_subcommand refresh" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand refresh" -l access-only -d 'Print an access token alone; the refresh token stays as it is'
complete -c jot -n "__fish_jot_using_subcommand refresh" -l update -d 'Replace the refresh token by one that ends later'
complete -c jot -n "__fish_jot_using_subcommand refresh" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand refresh" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand refresh" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand refresh" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand revoke" -l user -d 'Everything of this user issued up to now' -r
complete -c jot -n "__fish_jot_using_subcommand revoke" -l session -d 'A session, by its id (sid) or the beginning of it' -r
complete -c jot -n "__fish_jot_using_subcommand revoke" -l before -d 'With --user or --all: issued up to this moment' -r
complete -c jot -n "__fish_jot_using_subcommand revoke" -l reason -d 'Why' -r
complete -c jot -n "__fish_jot_using_subcommand revoke" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand revoke" -l all -d 'Everything of everybody issued up to now'
complete -c jot -n "__fish_jot_using_subcommand revoke" -l dry-run -d 'Say what would be revoked, and revoke nothing'
complete -c jot -n "__fish_jot_using_subcommand revoke" -s y -l yes -d 'Do not ask (--all asks)'
complete -c jot -n "__fish_jot_using_subcommand revoke" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand revoke" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand revoke" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand revoke" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand blacklist" -l user -d 'Everything of this user issued up to now' -r
complete -c jot -n "__fish_jot_using_subcommand blacklist" -l session -d 'A session, by its id (sid) or the beginning of it' -r
complete -c jot -n "__fish_jot_using_subcommand blacklist" -l before -d 'With --user or --all: issued up to this moment' -r
complete -c jot -n "__fish_jot_using_subcommand blacklist" -l reason -d 'Why' -r
complete -c jot -n "__fish_jot_using_subcommand blacklist" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand blacklist" -l all -d 'Everything of everybody issued up to now'
complete -c jot -n "__fish_jot_using_subcommand blacklist" -l dry-run -d 'Say what would be revoked, and revoke nothing'
complete -c jot -n "__fish_jot_using_subcommand blacklist" -s y -l yes -d 'Do not ask (--all asks)'
complete -c jot -n "__fish_jot_using_subcommand blacklist" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand blacklist" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand blacklist" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand blacklist" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand revocations; and not __fish_seen_subcommand_from list show remove purge delete_tokens" -l user -d 'Only this user\'s' -r
complete -c jot -n "__fish_jot_using_subcommand revocations; and not __fish_seen_subcommand_from list show remove purge delete_tokens" -l since -d 'Only from this moment on: now, -2h, 2027-01-01, RFC 3339, seconds since 1970' -r
complete -c jot -n "__fish_jot_using_subcommand revocations; and not __fish_seen_subcommand_from list show remove purge delete_tokens" -l until -d 'Only up to this moment' -r
complete -c jot -n "__fish_jot_using_subcommand revocations; and not __fish_seen_subcommand_from list show remove purge delete_tokens" -l limit -d 'At most so many' -r
complete -c jot -n "__fish_jot_using_subcommand revocations; and not __fish_seen_subcommand_from list show remove purge delete_tokens" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand revocations; and not __fish_seen_subcommand_from list show remove purge delete_tokens" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand revocations; and not __fish_seen_subcommand_from list show remove purge delete_tokens" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand revocations; and not __fish_seen_subcommand_from list show remove purge delete_tokens" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand revocations; and not __fish_seen_subcommand_from list show remove purge delete_tokens" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand revocations; and not __fish_seen_subcommand_from list show remove purge delete_tokens" -f -a "list" -d 'List what is revoked, the latest first'
complete -c jot -n "__fish_jot_using_subcommand revocations; and not __fish_seen_subcommand_from list show remove purge delete_tokens" -f -a "show" -d 'Show one'
complete -c jot -n "__fish_jot_using_subcommand revocations; and not __fish_seen_subcommand_from list show remove purge delete_tokens" -f -a "remove" -d 'Take one back'
complete -c jot -n "__fish_jot_using_subcommand revocations; and not __fish_seen_subcommand_from list show remove purge delete_tokens" -f -a "purge" -d 'Delete what can no longer change an answer'
complete -c jot -n "__fish_jot_using_subcommand revocations; and not __fish_seen_subcommand_from list show remove purge delete_tokens" -f -a "delete_tokens" -d 'Delete what can no longer change an answer'
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from list" -l user -d 'Only this user\'s' -r
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from list" -l since -d 'Only from this moment on: now, -2h, 2027-01-01, RFC 3339, seconds since 1970' -r
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from list" -l until -d 'Only up to this moment' -r
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from list" -l limit -d 'At most so many' -r
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from list" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from list" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from list" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from show" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from show" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from show" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from show" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from remove" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Do not ask'
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from remove" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from purge" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from purge" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from purge" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from purge" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from purge" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from delete_tokens" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from delete_tokens" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from delete_tokens" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from delete_tokens" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand revocations; and __fish_seen_subcommand_from delete_tokens" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand tokens; and not __fish_seen_subcommand_from list show" -l user -d 'Only this user\'s' -r
complete -c jot -n "__fish_jot_using_subcommand tokens; and not __fish_seen_subcommand_from list show" -l since -d 'Only from this moment on: now, -2h, 2027-01-01, RFC 3339, seconds since 1970' -r
complete -c jot -n "__fish_jot_using_subcommand tokens; and not __fish_seen_subcommand_from list show" -l until -d 'Only up to this moment' -r
complete -c jot -n "__fish_jot_using_subcommand tokens; and not __fish_seen_subcommand_from list show" -l limit -d 'At most so many' -r
complete -c jot -n "__fish_jot_using_subcommand tokens; and not __fish_seen_subcommand_from list show" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand tokens; and not __fish_seen_subcommand_from list show" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand tokens; and not __fish_seen_subcommand_from list show" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand tokens; and not __fish_seen_subcommand_from list show" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand tokens; and not __fish_seen_subcommand_from list show" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand tokens; and not __fish_seen_subcommand_from list show" -f -a "list" -d 'List what was issued, the latest first'
complete -c jot -n "__fish_jot_using_subcommand tokens; and not __fish_seen_subcommand_from list show" -f -a "show" -d 'Show one'
complete -c jot -n "__fish_jot_using_subcommand tokens; and __fish_seen_subcommand_from list" -l user -d 'Only this user\'s' -r
complete -c jot -n "__fish_jot_using_subcommand tokens; and __fish_seen_subcommand_from list" -l since -d 'Only from this moment on: now, -2h, 2027-01-01, RFC 3339, seconds since 1970' -r
complete -c jot -n "__fish_jot_using_subcommand tokens; and __fish_seen_subcommand_from list" -l until -d 'Only up to this moment' -r
complete -c jot -n "__fish_jot_using_subcommand tokens; and __fish_seen_subcommand_from list" -l limit -d 'At most so many' -r
complete -c jot -n "__fish_jot_using_subcommand tokens; and __fish_seen_subcommand_from list" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand tokens; and __fish_seen_subcommand_from list" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand tokens; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand tokens; and __fish_seen_subcommand_from list" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand tokens; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand tokens; and __fish_seen_subcommand_from show" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand tokens; and __fish_seen_subcommand_from show" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand tokens; and __fish_seen_subcommand_from show" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand tokens; and __fish_seen_subcommand_from show" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand tokens; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand session; and not __fish_seen_subcommand_from list show revoke" -l user -d 'Only this user\'s' -r
complete -c jot -n "__fish_jot_using_subcommand session; and not __fish_seen_subcommand_from list show revoke" -l since -d 'Only from this moment on: now, -2h, 2027-01-01, RFC 3339, seconds since 1970' -r
complete -c jot -n "__fish_jot_using_subcommand session; and not __fish_seen_subcommand_from list show revoke" -l until -d 'Only up to this moment' -r
complete -c jot -n "__fish_jot_using_subcommand session; and not __fish_seen_subcommand_from list show revoke" -l limit -d 'At most so many' -r
complete -c jot -n "__fish_jot_using_subcommand session; and not __fish_seen_subcommand_from list show revoke" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand session; and not __fish_seen_subcommand_from list show revoke" -l all -d 'Those that are over too'
complete -c jot -n "__fish_jot_using_subcommand session; and not __fish_seen_subcommand_from list show revoke" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand session; and not __fish_seen_subcommand_from list show revoke" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand session; and not __fish_seen_subcommand_from list show revoke" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand session; and not __fish_seen_subcommand_from list show revoke" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand session; and not __fish_seen_subcommand_from list show revoke" -f -a "list" -d 'List the live sessions, the latest first'
complete -c jot -n "__fish_jot_using_subcommand session; and not __fish_seen_subcommand_from list show revoke" -f -a "show" -d 'Show one'
complete -c jot -n "__fish_jot_using_subcommand session; and not __fish_seen_subcommand_from list show revoke" -f -a "revoke" -d 'End sessions, and refuse every token that came from them'
complete -c jot -n "__fish_jot_using_subcommand session; and __fish_seen_subcommand_from list" -l user -d 'Only this user\'s' -r
complete -c jot -n "__fish_jot_using_subcommand session; and __fish_seen_subcommand_from list" -l since -d 'Only from this moment on: now, -2h, 2027-01-01, RFC 3339, seconds since 1970' -r
complete -c jot -n "__fish_jot_using_subcommand session; and __fish_seen_subcommand_from list" -l until -d 'Only up to this moment' -r
complete -c jot -n "__fish_jot_using_subcommand session; and __fish_seen_subcommand_from list" -l limit -d 'At most so many' -r
complete -c jot -n "__fish_jot_using_subcommand session; and __fish_seen_subcommand_from list" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand session; and __fish_seen_subcommand_from list" -l all -d 'Those that are over too'
complete -c jot -n "__fish_jot_using_subcommand session; and __fish_seen_subcommand_from list" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand session; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand session; and __fish_seen_subcommand_from list" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand session; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand session; and __fish_seen_subcommand_from show" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand session; and __fish_seen_subcommand_from show" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand session; and __fish_seen_subcommand_from show" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand session; and __fish_seen_subcommand_from show" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand session; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand session; and __fish_seen_subcommand_from revoke" -l reason -d 'Why' -r
complete -c jot -n "__fish_jot_using_subcommand session; and __fish_seen_subcommand_from revoke" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand session; and __fish_seen_subcommand_from revoke" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand session; and __fish_seen_subcommand_from revoke" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand session; and __fish_seen_subcommand_from revoke" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand session; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand events" -l kind -d 'Only of this kind; one that is none is answered with all there are' -r
complete -c jot -n "__fish_jot_using_subcommand events" -l user -d 'Only this user\'s' -r
complete -c jot -n "__fish_jot_using_subcommand events" -l since -d 'Only from this moment on: now, -2h, 2027-01-01, RFC 3339, seconds since 1970' -r
complete -c jot -n "__fish_jot_using_subcommand events" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand events" -s f -l follow -d 'Go on with new ones as they come; without --since, only these'
complete -c jot -n "__fish_jot_using_subcommand events" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand events" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand events" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand events" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand throttle; and not __fish_seen_subcommand_from list lift" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand throttle; and not __fish_seen_subcommand_from list lift" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand throttle; and not __fish_seen_subcommand_from list lift" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand throttle; and not __fish_seen_subcommand_from list lift" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand throttle; and not __fish_seen_subcommand_from list lift" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand throttle; and not __fish_seen_subcommand_from list lift" -f -a "list" -d 'List where wrong passwords are counted, and who has to wait'
complete -c jot -n "__fish_jot_using_subcommand throttle; and not __fish_seen_subcommand_from list lift" -f -a "lift" -d 'Forget what was counted'
complete -c jot -n "__fish_jot_using_subcommand throttle; and __fish_seen_subcommand_from list" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand throttle; and __fish_seen_subcommand_from list" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand throttle; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand throttle; and __fish_seen_subcommand_from list" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand throttle; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand throttle; and __fish_seen_subcommand_from lift" -l user -d 'At this user\'s account, wherever they came from' -r
complete -c jot -n "__fish_jot_using_subcommand throttle; and __fish_seen_subcommand_from lift" -l network -d 'From this network, or that of an address' -r
complete -c jot -n "__fish_jot_using_subcommand throttle; and __fish_seen_subcommand_from lift" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand throttle; and __fish_seen_subcommand_from lift" -l all -d 'All'
complete -c jot -n "__fish_jot_using_subcommand throttle; and __fish_seen_subcommand_from lift" -s y -l yes -d 'Do not ask (--all asks)'
complete -c jot -n "__fish_jot_using_subcommand throttle; and __fish_seen_subcommand_from lift" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand throttle; and __fish_seen_subcommand_from lift" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand throttle; and __fish_seen_subcommand_from lift" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand throttle; and __fish_seen_subcommand_from lift" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand user; and not __fish_seen_subcommand_from add list show passwd set perm groups import enable disable remove" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand user; and not __fish_seen_subcommand_from add list show passwd set perm groups import enable disable remove" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand user; and not __fish_seen_subcommand_from add list show passwd set perm groups import enable disable remove" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and not __fish_seen_subcommand_from add list show passwd set perm groups import enable disable remove" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and not __fish_seen_subcommand_from add list show passwd set perm groups import enable disable remove" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand user; and not __fish_seen_subcommand_from add list show passwd set perm groups import enable disable remove" -f -a "add" -d 'Add a user'
complete -c jot -n "__fish_jot_using_subcommand user; and not __fish_seen_subcommand_from add list show passwd set perm groups import enable disable remove" -f -a "list" -d 'List the users'
complete -c jot -n "__fish_jot_using_subcommand user; and not __fish_seen_subcommand_from add list show passwd set perm groups import enable disable remove" -f -a "show" -d 'Show a user'
complete -c jot -n "__fish_jot_using_subcommand user; and not __fish_seen_subcommand_from add list show passwd set perm groups import enable disable remove" -f -a "passwd" -d 'Set a user\'s password; ends the user\'s sessions and refuses the tokens issued so far'
complete -c jot -n "__fish_jot_using_subcommand user; and not __fish_seen_subcommand_from add list show passwd set perm groups import enable disable remove" -f -a "set" -d 'Change a user\'s name, attributes, groups, or whether it is a superuser'
complete -c jot -n "__fish_jot_using_subcommand user; and not __fish_seen_subcommand_from add list show passwd set perm groups import enable disable remove" -f -a "perm" -d 'Show or change the permissions of a user or of a group'
complete -c jot -n "__fish_jot_using_subcommand user; and not __fish_seen_subcommand_from add list show passwd set perm groups import enable disable remove" -f -a "groups" -d 'List the groups'
complete -c jot -n "__fish_jot_using_subcommand user; and not __fish_seen_subcommand_from add list show passwd set perm groups import enable disable remove" -f -a "import" -d 'Take over the users and groups of a Django site, with their passwords and permissions'
complete -c jot -n "__fish_jot_using_subcommand user; and not __fish_seen_subcommand_from add list show passwd set perm groups import enable disable remove" -f -a "enable" -d 'Let a user have tokens again'
complete -c jot -n "__fish_jot_using_subcommand user; and not __fish_seen_subcommand_from add list show passwd set perm groups import enable disable remove" -f -a "disable" -d 'Let a user have no tokens; ends the user\'s sessions and refuses the tokens issued so far'
complete -c jot -n "__fish_jot_using_subcommand user; and not __fish_seen_subcommand_from add list show passwd set perm groups import enable disable remove" -f -a "remove" -d 'Remove a user; the id is never given again, the name only if it is added again'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from add" -l perm -d 'A permission, such as app.codename; repeat for several' -r
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from add" -l group -d 'A group, whose permissions the user has too; repeat for several' -r
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from add" -l attr -d 'An attribute: name=text, name:=JSON or @FILE; repeat for several' -r
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from add" -l password-file -d 'Read the password from the first line of this file' -r -F
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from add" -l password-env -d 'Read the password from this environment variable' -r
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from add" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from add" -l superuser -d 'Passes every permission check'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from add" -l no-password -d 'Add a user who cannot log in with a password'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from add" -l password-stdin -d 'Read the password from the first line of stdin'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from add" -l allow-weak-password -d 'Take a password that is shorter than 15 characters or well known'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from add" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from add" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from add" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from list" -l group -d 'Only those of this group' -r
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from list" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from list" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from list" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from show" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from show" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from show" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from show" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from passwd" -l password-file -d 'Read the password from the first line of this file' -r -F
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from passwd" -l password-env -d 'Read the password from this environment variable' -r
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from passwd" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from passwd" -l password-stdin -d 'Read the password from the first line of stdin'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from passwd" -l allow-weak-password -d 'Take a password that is shorter than 15 characters or well known'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from passwd" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from passwd" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from passwd" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from passwd" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from set" -l rename -d 'A new name; the tokens issued so far go on under the old one' -r
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from set" -l attr -d 'An attribute: name=text, name:=JSON or @FILE; repeat for several' -r
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from set" -l unset -d 'An attribute to take away; repeat for several' -r
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from set" -l join -d 'A group to put the user into; repeat for several' -r
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from set" -l leave -d 'A group to take the user out of; repeat for several' -r
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from set" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from set" -l superuser -d 'Passes every permission check'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from set" -l no-superuser -d 'Passes only the checks of its own permissions'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from set" -l now -d 'End the user\'s sessions and refuse the tokens issued so far'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from set" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from set" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from set" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from perm" -l group -d 'A group instead of a user; it is made with its first permission' -r
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from perm" -l add -d 'A permission to give, such as app.codename; repeat for several' -r
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from perm" -l remove -d 'A permission to take away; repeat for several' -r
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from perm" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from perm" -l now -d 'End the sessions and refuse the tokens issued so far, of the user or the group\'s members'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from perm" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from perm" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from perm" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from perm" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from groups" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from groups" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from groups" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from groups" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from groups" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from import" -l django -d 'The site\'s SQLite database, which is only read' -r -F
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from import" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from import" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from import" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from import" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from enable" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from enable" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from enable" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from enable" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from enable" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from disable" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from disable" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from disable" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from disable" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from disable" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from remove" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Do not ask'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from remove" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand user; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand client; and not __fish_seen_subcommand_from add list remove" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand client; and not __fish_seen_subcommand_from add list remove" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand client; and not __fish_seen_subcommand_from add list remove" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand client; and not __fish_seen_subcommand_from add list remove" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand client; and not __fish_seen_subcommand_from add list remove" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand client; and not __fish_seen_subcommand_from add list remove" -f -a "add" -d 'Add a client and print its secret, which is shown this once'
complete -c jot -n "__fish_jot_using_subcommand client; and not __fish_seen_subcommand_from add list remove" -f -a "list" -d 'List the clients'
complete -c jot -n "__fish_jot_using_subcommand client; and not __fish_seen_subcommand_from add list remove" -f -a "remove" -d 'Remove a client; its tokens are refused from now on'
complete -c jot -n "__fish_jot_using_subcommand client; and __fish_seen_subcommand_from add" -l perm -d 'A permission that its own tokens may carry, such as app.codename; repeat for several' -r
complete -c jot -n "__fish_jot_using_subcommand client; and __fish_seen_subcommand_from add" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand client; and __fish_seen_subcommand_from add" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand client; and __fish_seen_subcommand_from add" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand client; and __fish_seen_subcommand_from add" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand client; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand client; and __fish_seen_subcommand_from list" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand client; and __fish_seen_subcommand_from list" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand client; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand client; and __fish_seen_subcommand_from list" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand client; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand client; and __fish_seen_subcommand_from remove" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand client; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Do not ask'
complete -c jot -n "__fish_jot_using_subcommand client; and __fish_seen_subcommand_from remove" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand client; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand client; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand client; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand serve" -l listen -d 'Where to listen; port 0 takes a free one [default: 127.0.0.1:8000]' -r
complete -c jot -n "__fish_jot_using_subcommand serve" -l mode -d 'How djwto\'s door hands out tokens: json, one-cookie or two-cookies [default: json]' -r
complete -c jot -n "__fish_jot_using_subcommand serve" -l tls-cert -d 'Serve HTTPS with this certificate chain, in PEM' -r
complete -c jot -n "__fish_jot_using_subcommand serve" -l tls-key -d 'The certificate\'s private key, in PEM' -r
complete -c jot -n "__fish_jot_using_subcommand serve" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand serve" -l tls-self-signed -d 'Serve HTTPS with a certificate made here and kept beside the store'
complete -c jot -n "__fish_jot_using_subcommand serve" -l check -d 'Check settings, key, store, certificate and address, change nothing, and stop'
complete -c jot -n "__fish_jot_using_subcommand serve" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand serve" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand serve" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand serve" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand backup" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand backup" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand backup" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand backup" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand backup" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand restore" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand restore" -l keep-sessions -d 'Do not log everybody out: tokens that nothing speaks against stay good'
complete -c jot -n "__fish_jot_using_subcommand restore" -s y -l yes -d 'Do not ask'
complete -c jot -n "__fish_jot_using_subcommand restore" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand restore" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand restore" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand restore" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand settings; and not __fish_seen_subcommand_from show path check get trust template reference" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand settings; and not __fish_seen_subcommand_from show path check get trust template reference" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand settings; and not __fish_seen_subcommand_from show path check get trust template reference" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand settings; and not __fish_seen_subcommand_from show path check get trust template reference" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand settings; and not __fish_seen_subcommand_from show path check get trust template reference" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand settings; and not __fish_seen_subcommand_from show path check get trust template reference" -f -a "show" -d 'Show every setting with where its value comes from'
complete -c jot -n "__fish_jot_using_subcommand settings; and not __fish_seen_subcommand_from show path check get trust template reference" -f -a "path" -d 'Print the path of the settings file'
complete -c jot -n "__fish_jot_using_subcommand settings; and not __fish_seen_subcommand_from show path check get trust template reference" -f -a "check" -d 'Check the settings and say everything that is wrong'
complete -c jot -n "__fish_jot_using_subcommand settings; and not __fish_seen_subcommand_from show path check get trust template reference" -f -a "get" -d 'Print one setting'
complete -c jot -n "__fish_jot_using_subcommand settings; and not __fish_seen_subcommand_from show path check get trust template reference" -f -a "trust" -d 'Let this file, as it is now, name commands that jot runs'
complete -c jot -n "__fish_jot_using_subcommand settings; and not __fish_seen_subcommand_from show path check get trust template reference" -f -a "template" -d 'Print a settings file with every default'
complete -c jot -n "__fish_jot_using_subcommand settings; and not __fish_seen_subcommand_from show path check get trust template reference" -f -a "reference" -d 'Print every setting with its meaning and its name in both seeds'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from show" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from show" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from show" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from show" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from path" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from path" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from path" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from path" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from check" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from check" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from check" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from check" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from get" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from get" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from get" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from get" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from trust" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from trust" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from trust" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from trust" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from trust" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from template" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from template" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from template" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from template" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from template" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from reference" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from reference" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from reference" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from reference" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand settings; and __fish_seen_subcommand_from reference" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand doctor" -l explain -d 'Say what a rule is about, and why; without RULE, list all' -r
complete -c jot -n "__fish_jot_using_subcommand doctor" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand doctor" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand doctor" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand doctor" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand tour" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand tour" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand tour" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand tour" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand tour" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand completions" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand completions" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand completions" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand completions" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand completions" -s h -l help -d 'Print help'
complete -c jot -n "__fish_jot_using_subcommand man" -l settings -d 'Use this settings file' -r -F
complete -c jot -n "__fish_jot_using_subcommand man" -l json -d 'Answer in JSON, on failure too'
complete -c jot -n "__fish_jot_using_subcommand man" -s q -l quiet -d 'No notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand man" -s v -l verbose -d 'More notes on stderr'
complete -c jot -n "__fish_jot_using_subcommand man" -s h -l help -d 'Print help'
