Feature: The command

  What a person at a terminal and a script can rely on: results on standard output, all else on standard error, an exit code that
  tells what kind of no it was, and nothing left behind by what was refused.

  @CAT-CLI-6201
  Rule: A verb answers people in lines and programs in one JSON document

    Scenario Outline: `<command>` answers as documented
      Given a catalog with a model, a registered one and an engine
      When `catalog <command>` is run
      Then it exits with 0 and prints nothing but this:
        """
        <lines>
        """

      Examples:
        | command                                            | lines                                                  |
        | register later --source hf:org/repo                | later  Pending  unverified                             |
        | add other.gguf                                     | other  Active  warned  2.00 kB  <mode>  sha256:<hex>…;warning  bad-magic: other.gguf does not begin with GGUF |
        | add other.gguf -q                                  | other                                                  |
        | ls -q                                              | pending;tiny                                           |
        | ls -q --state Pending                              | pending                                                |
        | ls -q --trust warned                               | tiny                                                   |
        | ls -q --label team=vision                          | pending                                                |
        | ls -q --label team                                 | pending                                                |
        | ls -q --id p*g                                     | pending                                                |
        | ls -q --name t?ny                                  | tiny                                                   |
        | locate tiny                                        | <root>/models/tiny-<hex>/tiny.gguf                     |
        | locate tiny.gguf                                   | <root>/models/tiny-<hex>/tiny.gguf                     |
        | exists tiny                                        | yes                                                    |
        | verify tiny                                        | tiny  pass  1.00 kB  <seconds>  sha256:<hex>…          |
        | verify tiny --quick -q                             | tiny                                                   |
        | state tiny Retired                                 | tiny  Retired  warned  1.00 kB  <mode>  sha256:<hex>…  |
        | rm tiny --yes                                      | tiny  removed  <freed> freed                           |
        | evict tiny --yes -q                                | tiny                                                   |
        | pin tiny -q                                        | tiny                                                   |
        | pin tiny --reason demo                             | tiny  Active  warned  1.00 kB  <mode>  sha256:<hex>…  pinned: demo |
        | unpin tiny                                         | tiny  Active  warned  1.00 kB  <mode>  sha256:<hex>…  no pins |
        | unpin tiny -q                                      | tiny                                                   |
        | why root/models/tiny-8950abfda7b72763/tiny.gguf -q | tiny                                                   |
        | gc --yes                                           | 0 removed, 2 kept, 0 B freed                           |
        | gc --dry-run --older-than 0 --no-keep-active -q    | models/tiny-<hex>/tiny.gguf                            |
        | ls --partial                                       |                                                        |
        | engine ls -q                                       | llama.cpp:1.2.3                                        |
        | engine ls -q --engine other                        |                                                        |
        | engine ls -q --version ^1.0.0                      | llama.cpp:1.2.3                                        |
        | engine rm llama.cpp:1.2.3 --yes -q                 | llama.cpp:1.2.3                                        |
        | engine add --engine x --version 2 --binary ./x -q  | x:2                                                    |

    @slow
    Scenario: Tables have upper-case heads and decimal sizes, details a line each
      Given a catalog with a model, a registered one and an engine
      When `catalog ls` is run
      Then it exits with 0 and prints nothing but this:
        """
        ID       STATE    TRUST          SIZE  MODE
        pending  Pending  unverified        -  -
        tiny     Active   warned      1.00 kB  <mode>
        """
      When `catalog show tiny` is run
      Then it prints the line "size        1.00 kB (1000 bytes)"
      When `catalog engine ls` is run
      Then it prints the line "ID               ENGINE     VERSION  BUILD  CREATED"
      When `catalog engine show llama.cpp:1.2.3` is run
      Then it prints the line "binary    /opt/llama-server"

    Scenario Outline: `<command>` answers programs as documented
      Given a catalog with a model, a registered one and an engine
      When `catalog <command> --json` is run
      Then it exits with <exit> and prints one document like this:
        """
        <document>
        """

      Examples:
        | command                                | exit | document                                                                                   |
        | ls                                     | 0    | {"schema":1,"models":[{pending},{tiny}]}                                                   |
        | ls --state Failed                      | 0    | {"schema":1,"models":[]}                                                                   |
        | show tiny                              | 0    | {"schema":1,"model":{tiny},"revision":"<number>"}                                          |
        | add tiny.gguf                          | 0    | {"schema":1,"model":{tiny},"revision":"<number>","mode":"present","bytes_written":0}       |
        | register pending --source hf:org/repo  | 0    | {"schema":1,"model":{pending},"revision":"<number>"}                                       |
        | state tiny Active                      | 0    | {"schema":1,"model":{tiny},"revision":"<number>"}                                          |
        | locate tiny                            | 0    | {"schema":1,"id":"tiny","path":"<path>","files":["<path>"]}                                |
        | exists tiny                            | 0    | {"schema":1,"exists":true}                                                                 |
        | exists nope                            | 3    | {"schema":1,"exists":false}                                                                |
        | verify tiny                            | 0    | {"schema":1,"id":"tiny","outcome":{pass}}                                                  |
        | verify pending                         | 1    | {"schema":1,"id":"pending","outcome":{missing}}                                            |
        | rm tiny --yes                          | 0    | {"schema":1,"report":{removed}}                                                            |
        | evict tiny --yes                       | 0    | {"schema":1,"report":{removed}}                                                            |
        | pin tiny --reason demo                 | 0    | {"schema":1,"model":{pinnedtiny},"revision":"<number>"}                                     |
        | unpin tiny                             | 0    | {"schema":1,"model":{tiny},"revision":"<number>"}                                          |
        | gc --yes                               | 0    | {"schema":1,"report":{collected}}                                                          |
        | why root/catalog.json                  | 0    | {"schema":1,"report":{"path":"<path>","kept":true,"because":[]}}                          |
        | ls --partial                           | 0    | {"schema":1,"partials":[]}                                                                 |
        | engine ls                              | 0    | {"schema":1,"engines":[{engine}]}                                                          |
        | engine show llama.cpp:1.2.3            | 0    | {"schema":1,"engine":{engine},"revision":"<number>"}                                       |
        | engine add --engine llama.cpp --version 1.2.3 --binary /opt/llama-server | 0 | {"schema":1,"engine":{engine},"revision":"<number>"}        |

    Scenario: The shared options are taken before and after a verb
      Given a catalog with a model, a registered one and an engine
      When each of these is run:
        | command                    | exit |
        | --json ls                  | 0    |
        | ls --json                  | 0    |
        | engine --json ls           | 0    |
        | --json engine ls           | 0    |
        | --read-only --json ls      | 0    |
        | --lock-timeout 5 --json ls | 0    |
      Then each ended as it says, with one document

    Scenario: Other content under the id of an engine is refused, the same content again is not
      Given a catalog with a model, a registered one and an engine
      When each of these is run:
        | command                                                                      | exit | code          |
        | engine add --engine llama.cpp --version 1.2.3 --binary /opt/other             | 4    | AlreadyExists |
        | engine add --engine llama.cpp --version 1.2.3 --binary /opt/llama-server      | 0    |               |
        | engine add --engine llama.cpp --version 1.2.3                                 | 2    | InvalidRecord |
        | engine add --engine y --version 1 --artifact sha256:12                        | 2    | InvalidDigest |
      Then each ended as it says, and told what to do next

    Scenario: The root is $CATALOG_ROOT where --root is not given
      Given a catalog with a model, a registered one and an engine
      When `catalog ls -q` is run without --root, with CATALOG_ROOT
      Then it exits with 0 and prints nothing but this:
        """
        pending;tiny
        """

    Scenario: Looking at a root that is not there makes none
      When each of these is run:
        | command            | exit |
        | ls                 | 0    |
        | ls --json          | 0    |
        | engine ls          | 0    |
        | exists tiny        | 3    |
        | show tiny --json   | 3    |
        | rm tiny --dry-run  | 3    |
      Then each ended as it says
      And there is no root

  @CAT-CLI-6202
  Rule: The command keeps the habits of good commands

    Scenario Outline: <bytes> bytes are shown as <text>
      Then <bytes> bytes are shown as "<text>"

      Examples:
        | bytes            | text    |
        | 0                | 0 B     |
        | 999              | 999 B   |
        | 1000             | 1.00 kB |
        | 9994             | 9.99 kB |
        | 9995             | 10.0 kB |
        | 99949            | 99.9 kB |
        | 99950            | 100 kB  |
        | 999499           | 999 kB  |
        | 999500           | 1.00 MB |
        | 4370000000       | 4.37 GB |
        | 9007199254740991 | 9.01 PB |

    Scenario: A progress bar tells share, rate and the time that is left, in one line
      Then after 2 seconds 1840000000 of 4370000000 bytes show as:
        """
        model.gguf  42% [##########--------------] 1.84 GB of 4.37 GB  920 MB/s  ETA 0:03
        """
      And it fits into 60 columns too

    Scenario Outline: On <columns> columns the time that is left is told of <what>
      Then a word of progress on <what> ends with "ETA 1:02:03" on <columns> columns

      Examples:
        | columns | what                |
        | 80      | a model             |
        | 80      | a long name         |
        | 80      | many models         |
        | 60      | a long name         |

    Scenario: Models that differ at the end of their ids are told apart on 80 columns
      Given models that were adopted: "hf.co/bartowski/Meta-Llama-3.1-8B-Instruct-GGUF:Q4_K_M", "hf.co/bartowski/Meta-Llama-3.1-8B-Instruct-GGUF:Q5_K_M" and "hf.co/bartowski/Meta-Llama-3.1-8B-Instruct-GGUF:Q8_0"
      Then a table of them on 80 columns has no two rows that read the same

    @slow
    Scenario: Names and pins have columns where they tell something
      Given a catalog with a model, a registered one and an engine
      When `catalog register named --source x --name Someone` is run
      And `catalog pin tiny` is run
      And `catalog ls` is run
      Then it exits with 0 and prints nothing but this:
        """
        ID       STATE    TRUST          SIZE  MODE  PIN     NAME
        named    Pending  unverified        -  -             Someone
        pending  Pending  unverified        -  -             pending
        tiny     Active   warned      1.00 kB  <mode>  pinned  tiny
        """

    Scenario: In a pipe nothing is cut, and one long id does not pad every row
      Then a table of "a" and a text of 512 characters has rows of 65 and 517 characters in a pipe

    Scenario: A table takes as many rows as there are
      Then a table of 200000 rows is told

    Scenario: Who lists nothing is told why, and what to do
      Given a catalog with a model, a registered one and an engine
      When each of these is run:
        | command                    | exit | told                                                                                   |
        | ls --state Failed          | 0    | no model is like that; `catalog ls` alone lists all                                    |
        | ls --state Failed -q       | 0    |                                                                                        |
        | ls --state Failed --json   | 0    |                                                                                        |
        | engine ls --engine other   | 0    | no engine is like that; `catalog engine ls` alone lists all                            |
        | rm tiny --yes -q           | 0    |                                                                                        |
        | rm pending --yes -q        | 0    |                                                                                        |
        | ls                         | 0    | no models yet; `catalog add <file>` brings one in                                      |
        | ls --root /nonexist/foo    | 0    | there is no catalog at /nonexist/foo yet; `catalog add` makes one, --root names another |
        | ls --root /nonexist/foo -q | 0    |                                                                                        |
        | migrate --to journal -q    | 0    |                                                                                        |
        | at 0                       | 0    | there were no models and no engines then; `catalog log` tells what came when           |
      Then each ended as it says
      And each was told this beside its answer

    Scenario: Who holds a model is shown with it
      Given a catalog with a model, a registered one and an engine
      And "worker 7" holds the model by a lease
      When `catalog show tiny` is run
      Then it prints a line like "lease       worker 7 (until <time>)"

    @CAT-DIG-1405
    Scenario: An add tells that it healed what was damaged, and that it stored nothing anew
      Given a catalog with a model, a registered one and an engine
      When `catalog add tiny.gguf` is run
      Then it tells beside its answer "present: these bytes are in the catalog already, and are not stored again"
      When the bytes of the model are damaged meanwhile
      And `catalog add tiny.gguf` is run
      Then it tells beside its answer "healed: these bytes were known, and were damaged or gone; what was damaged is in quarantine/"

    Scenario: A table gives way to a narrow terminal and counts cells, not characters
      Then a table of "模型" and "a-very-long-identifier-of-a-model" fits into 30 columns

    Scenario: Names from the catalog never act on the terminal
      Given a catalog with a model whose name and source hold control and bidirectional characters
      When each of these is run:
        | command            | exit |
        | ls                 | 0    |
        | show evil          | 0    |
        | ls --json          | 0    |
        | show evil --json   | 0    |
      Then each ended as it says
      And nothing that does not print was printed

    Scenario: Without a terminal and without --yes, what destroys fails instead of waiting
      Given a catalog with a model, a registered one and an engine
      When each of these is run:
        | command                   | exit | code            |
        | rm tiny                   | 2    | InvalidArgument |
        | engine rm llama.cpp:1.2.3 | 2    | InvalidArgument |
      Then each ended as it says, and told what to do next
      And each hint has "--yes" in it
      And the root is as it was

    Scenario: --dry-run tells what would go, as the report of the removal does, and changes nothing
      Given a catalog with a model, a registered one and an engine
      When `catalog rm tiny --dry-run --json` is run
      Then the root is as it was
      And a removal reports the same

    @slow
    Scenario: On a terminal a verb that destroys asks, and takes anything but yes for no
      Given a catalog with a model, a registered one and an engine
      When `catalog rm tiny` is run on a terminal where somebody answers "n"
      Then it exits with 130
      And the root is as it was
      When `catalog rm tiny` is run on a terminal where somebody answers "y"
      Then it exits with 0
      And the model is gone

    @slow
    Scenario: Colours are for terminals, and not where NO_COLOR or --no-color says so
      Given a catalog with a model, a registered one and an engine
      Then `catalog ls` is coloured on a terminal
      And `catalog ls --no-color` is not coloured on a terminal
      And `catalog ls` is not coloured on a terminal with NO_COLOR
      And `catalog ls` is not coloured in a pipe

    Scenario Outline: An answer that cannot be written is an error with its code: `<command>`
      Given a catalog with a model, a registered one and an engine
      When `catalog <command>` is run on a full disk that takes its output
      Then it exits with 7 and says:
        """
        catalog: could not write to standard output: ENOSPC: no space left on device, write
        hint: make room where the output goes
        """

      Examples:
        | command         |
        | ls              |
        | ls -q           |
        | locate tiny     |
        | report --html - |
        | ls --help       |
        | --version       |

    Scenario: An answer that cannot be written is told to programs as every error is
      Given a catalog with a model, a registered one and an engine
      When `catalog ls --json` is run on a full disk that takes its output
      Then it exits with 7 and the error is NoSpace

    Scenario: Whoever stops reading ends the command quietly
      Given a catalog with a model, a registered one and an engine
      When `catalog ls` is run with nobody reading
      Then it exits with 0 and has no word for it

  @CAT-CLI-6203
  Rule: The exit code tells what kind of no it was

    Scenario: Each class of refusal has its exit code, and leaves the root as it was
      Given a catalog with a model, a registered one and an engine
      When each of these is run:
        | command                                           | exit | code              |
        | add other.gguf --digest {other-digest}            | 1    | DigestMismatch    |
        | add other.gguf --expected {other-digest}          | 1    | DigestMismatch    |
        | state pending Active                              | 1    | NotVerified       |
        | frobnicate                                        | 2    | InvalidArgument   |
        | ls --frobnicate                                   | 2    | InvalidArgument   |
        | ls extra                                          | 2    | InvalidArgument   |
        | show                                              | 2    | InvalidArgument   |
        | register later                                    | 2    | InvalidArgument   |
        | state tiny active                                 | 2    | InvalidArgument   |
        | ls --state Gone                                   | 2    | InvalidArgument   |
        | ls --lock-timeout soon                            | 2    | InvalidArgument   |
        | ls --store cloud                                  | 2    | InvalidArgument   |
        | register later --source x --label team            | 2    | InvalidArgument   |
        | add other.gguf --link --copy                      | 2    | InvalidArgument   |
        | engine                                            | 2    | InvalidArgument   |
        | show nope                                         | 3    | NotFound          |
        | locate nope                                       | 3    | NotFound          |
        | locate pending                                    | 3    | NotFound          |
        | verify nope                                       | 3    | NotFound          |
        | state nope Retired                                | 3    | NotFound          |
        | rm nope --yes                                     | 3    | NotFound          |
        | engine show nope                                  | 3    | NotFound          |
        | engine rm nope --yes                              | 3    | NotFound          |
        | add other.gguf --id tiny                          | 4    | AlreadyExists     |
        | register tiny --source hf:org/other               | 4    | AlreadyExists     |
        | rm pinned --yes                                   | 4    | InUse             |
        | rm pinned --dry-run                               | 4    | InUse             |
        | add hf:org/repo                                   | 6    | FetcherRequired   |
        | state tiny Pending                                | 6    | InvalidTransition |
        | ls --store journal                                | 6    | StoreMismatch     |
        | ls --store postgres://host/db                     | 6    | StoreMismatch     |
        | register later --source x --read-only             | 7    | ReadOnly          |
        | add other.gguf --read-only                        | 7    | ReadOnly          |
        | rm tiny --yes --read-only                         | 7    | ReadOnly          |
        | engine rm llama.cpp:1.2.3 --yes --read-only       | 7    | ReadOnly          |
      Then each ended as it says, and told what to do next
      And the root is as it was

    Scenario: Bad input is refused by name and leaves the root as it was
      Given a catalog with a model, a registered one and an engine
      And a directory "mixed" that has a FIFO in it
      When each of these is run:
        | command                                   | exit | code            |
        | register a/../b --source x                | 2    | InvalidId       |
        | register ../b --source x                  | 2    | InvalidId       |
        | register {bidi} --source x                | 2    | InvalidId       |
        | register {10-kB} --source x               | 2    | InvalidId       |
        | add other.gguf --id a/../b                | 2    | InvalidId       |
        | add other.gguf --id {bidi}                | 2    | InvalidId       |
        | add other.gguf --id {10-kB}               | 2    | InvalidId       |
        | add hf:../..                              | 2    | InvalidRef      |
        | add other.gguf --digest sha256:1234       | 2    | InvalidDigest   |
        | verify tiny --expected sha256:1234        | 2    | InvalidDigest   |
        | register later --source x --digest 12     | 2    | InvalidDigest   |
        | add mixed                                 | 2    | InvalidArgument |
        | add mixed/fifo                            | 2    | InvalidArgument |
        | add gone.gguf                             | 3    | NotFound        |
        | add gone/gone.gguf                        | 3    | NotFound        |
      Then each ended as it says, and told what to do next
      And the root is as it was

    Scenario: Bad input makes no root
      Given a directory "mixed" that has a FIFO in it
      When each of these is run:
        | command                       | exit | code            |
        | register a/../b --source x    | 2    | InvalidId       |
        | add hf:../..                  | 2    | InvalidRef      |
        | add mixed                     | 2    | InvalidArgument |
        | add gone.gguf                 | 3    | NotFound        |
        | state nope Retired            | 3    | NotFound        |
        | rm nope --yes                 | 3    | NotFound        |
      Then each ended as it says, and told what to do next
      And there is no root

    Scenario: A file that may not be read is refused and leaves the root as it was
      Given a user without rights has a catalog, and a file that may not be read
      When that user runs `catalog add secret.gguf --json`
      Then it exits with 6 and tells PermissionDenied
      And the root is as it was

    Scenario: A catalog that another process is writing is busy, and its holder is named
      Given a catalog with a model, a registered one and an engine
      And another process that holds the lock
      When `catalog register later --source x --lock-timeout 50 --json` is run
      Then it exits with 4 and tells Busy
      And the error names that process

    Scenario: Damage and newer versions have codes of their own
      Given a catalog with a model, a registered one and an engine
      And the newest index of the models is garbled
      When `catalog ls --json` is run
      Then it exits with 5 and tells IndexCorrupt
      Given the root file is of a newer version
      When `catalog ls --json` is run
      Then it exits with 6 and tells SchemaVersionUnsupported

    Scenario: A model whose bytes are damaged fails its verification with 1
      Given a catalog with a model, a registered one and an engine
      And the bytes of the model are damaged
      When `catalog verify tiny` is run
      Then it exits with 1
      And there is a hint

    Scenario Outline: <signal> in the middle of an add leaves nothing half done
      Given a file "big.gguf" of 6 GB that takes no room
      When `catalog add big.gguf --json` is sent <signal> at its first word of progress
      Then it exits with 130 and tells Aborted
      And nothing of it is in the catalog or on its way

      Examples:
        | signal  |
        | SIGINT  |
        | SIGTERM |

    @slow
    Scenario: SIGINT ends a command that waits for others
      Given a catalog with a model, a registered one and an engine
      And another process that holds the lock
      When `catalog register later --source x --lock-timeout 50000 --json` is sent SIGINT while it waits
      Then it exits with 130 and tells Aborted

  @CAT-CLI-6204
  Rule: Every error says what to do next, every verb how it is used

    Scenario: Each code of the closed set has one line of what to do next, which names only verbs that there are
      Then every code has a hint of one line
      And every verb that a hint names is there

    Scenario: A hint leads somewhere: it names what the verb has, and nothing that was said or is of no use
      Given a catalog with a model, a registered one and an engine
      And a file "split-00001-of-00002.gguf" that holds something
      When each of these is run:
        | command                                            | exit | code            | hint                                                                            |
        | add other.gguf --id tiny                           | 4    | AlreadyExists   | choose another --id; or say --replace, if what is there may go                  |
        | add other.gguf --id TINY                           | 4    | AlreadyExists   | choose an id that differs by more than case or form                             |
        | add other.gguf --id TINY --replace                 | 4    | AlreadyExists   | choose an id that differs by more than case or form                             |
        | register tiny --source x                           | 4    | AlreadyExists   | choose another id, or remove what is there with `catalog rm`                    |
        | register Tiny --source x                           | 4    | AlreadyExists   | choose an id that differs by more than case or form                             |
        | add nope.gguf                                      | 3    | NotFound        | check the path that is named: nothing is there                                  |
        | add split-00001-of-00002.gguf                      | 3    | NotFound        | check the path that is named: nothing is there                                  |
        | probe sub/split                                    | 3    | NotFound        | give an id that `catalog ls` lists, or the path of a file or a folder           |
        | probe pending                                      | 3    | NotFound        | bring its files with `catalog add`                                              |
        | why x                                              | 3    | NotFound        | give the path of a file, or a digest as `catalog show` tells it                 |
        | show nope                                          | 3    | NotFound        | check the spelling; `catalog ls` lists the models that are there                |
        | engine correlate tiny none                         | 3    | NotFound        | check the spelling; `catalog engine ls` lists the engines that are there        |
        | engine correlate none llama.cpp:1.2.3              | 3    | NotFound        | check the spelling; `catalog ls` lists the models that are there                |
        | engine correlate pending llama.cpp:1.2.3           | 1    | NotVerified     | run `catalog verify pending`, and then this again                                           |
        | state pending Active                               | 1    | NotVerified     | verify it first with `catalog verify`, or say --allow-unverified                |
        | register later --source x --read-only              | 7    | ReadOnly        | leave --read-only away                                                          |
        | ls --foo                                           | 2    | InvalidArgument | `catalog ls --help` tells what it takes                                         |
        | engine correlate                                   | 2    | InvalidArgument | `catalog engine correlate --help` tells what it takes                           |
        | engine frobnicate                                  | 2    | InvalidArgument | `catalog engine --help` tells what it takes                                     |
        | verify                                             | 2    | InvalidArgument | `catalog verify --help` tells what it takes                                     |
        | frobnicate                                         | 2    | InvalidArgument | `catalog --help` lists the verbs, `catalog <verb> --help` what a verb takes     |
      Then each ended as it says
      And each was told this hint

    Scenario: An engine that cannot be noted is told of by the flags that were given
      When `catalog engine add --engine x --version 1` is run
      Then it exits with 2 and says:
        """
        catalog: an engine has a program or an artifact
        hint: give --binary <path>, or --artifact <digest|path>
        """
      When `catalog engine add --engine= --version 1 --binary x` is run
      Then it exits with 2 and says:
        """
        catalog: --engine must be text that is not empty
        hint: correct --engine and try again
        """

    Scenario: A profile that was written is told of
      Given a catalog with a model, a registered one and an engine
      When `catalog platform --write-profile machine.json` is run
      Then it tells beside its answer "the profile is in <folder>/machine.json"

    @slow
    Scenario: A file that was gone before its record is not said to be kept
      Given a catalog with a model, a registered one and an engine
      When `catalog add other.gguf --reference` is run
      And the file "other.gguf" goes
      And `catalog show other` is run
      Then it prints the line "trust       missing"
      When `catalog rm other --yes` is run
      Then it exits with 0 and prints nothing but this:
        """
        other  removed  0 B freed
        """

    @slow
    Scenario: A copy into a folder that holds something asks for another folder
      Given a catalog with a model, a registered one and an engine
      And a file "full/there" that holds something
      When `catalog migrate --to journal` is run
      Then it exits with 0
      When each of these is run:
        | command       | exit | code          | hint                                               |
        | snapshot full | 4    | AlreadyExists | choose a directory that is empty, or not there yet |
      Then each ended as it says
      And each was told this hint

    Scenario Outline: A word that is near to a known one is guessed, and none is guessed wildly: <word>
      When `catalog <word>` is run
      Then it exits with 2 and says:
        """
        catalog: <told>
        hint: <hint>
        """

      Examples:
        | word      | told                                                     | hint                                                                        |
        | ls --foo  | unknown option '--foo'                                   | `catalog ls --help` tells what it takes                                     |
        | ls --jsno | unknown option '--jsno' (Did you mean --json?)           | `catalog ls --help` tells what it takes                                     |
        | shwo x    | unknown command 'shwo' (Did you mean show?)              | `catalog --help` lists the verbs, `catalog <verb> --help` what a verb takes |

    Scenario: People are told in two lines
      When `catalog show nope` is run
      Then it exits with 3 and says:
        """
        catalog: there is no model "nope"
        hint: check the spelling; `catalog ls` lists the models that are there
        """

    @CAT-SEC-6004
    Scenario: A password in a URL is not said again, wherever it was given
      Given a catalog with a model, a registered one and an engine
      When each of these is run:
        | command                                                 | exit | code            |
        | https://user:hunter2@host/m.gguf                        | 2    | InvalidArgument |
        | add --from=https://user:hunter2@host/m                  | 2    | InvalidArgument |
        | ls --state https://user:hunter2@host/m                  | 2    | InvalidArgument |
        | ls --store postgres//user:hunter2@host/m                | 2    | InvalidArgument |
        | ls --store etcd:user:hunter2@host/m                     | 2    | InvalidArgument |
        | sync --from postgres:/user:hunter2@host/m               | 2    | InvalidArgument |
        | add https://user:hunter2@host/m.gguf                    | 6    | FetcherRequired |
        | show https://user:hunter2@host/m                        | 3    | NotFound        |
        | locate https://user:hunter2@host/m                      | 3    | NotFound        |
        | rm https://user:hunter2@host/m --dry-run                | 3    | NotFound        |
        | state https://user:hunter2@host/m Active                | 3    | NotFound        |
        | register later --source https://user:hunter2@host/m     | 0    |                 |
        | ls --store postgres://user:hunter2@host/m               | 6    | StoreMismatch   |
      Then each ended as it says, and told what to do next
      And nobody was told "hunter2"

    Scenario: The help of each verb has examples
      When the help of every verb is asked for
      Then each told its usage, options and examples, and nothing on standard error

    Scenario: The version is that of the package
      When `catalog --version` is run
      Then it prints the version of the package
