Feature: The history of a catalog

  A catalog with a journal tells who changed what, when, why and because of what, shows any state of the past, lets others follow, and
  heeds a policy.

  @CAT-HIS-3601
  Rule: A catalog with a journal takes every verb

    @full
    Scenario: Each verb answers as over files, but for revisions and times
      Given a catalog of each store with a model, a registered one and an engine
      When each of these is run on both, one after the other:
        | command                                                                  |
        | ls                                                                       |
        | ls --json                                                                |
        | ls -q --label team=vision                                                |
        | show tiny                                                                |
        | show tiny --json                                                         |
        | show nope --json                                                         |
        | add tiny.gguf --json                                                     |
        | add other.gguf                                                           |
        | add other.gguf --id tiny --json                                          |
        | register later --source hf:org/repo --json                               |
        | register a/../b --source x --json                                        |
        | locate tiny                                                              |
        | exists nope --json                                                       |
        | verify tiny                                                              |
        | verify pending --json                                                    |
        | state tiny Retired                                                       |
        | state tiny Pending --json                                                |
        | register x --source y --read-only --json                                 |
        | engine ls                                                                |
        | engine add --engine x --version 2 --binary /opt/x --json                 |
        | engine show x:2                                                          |
        | engine rm x:2 --yes --json                                               |
        | rm tiny --dry-run --json                                                 |
        | rm tiny --yes --json                                                     |
        | rm tiny --yes --json                                                     |
        | ls -q                                                                    |
      Then both answered the same, but for revisions and times

    Scenario: A new catalog with a journal is made by the first write, and is one from then on
      Given a file "tiny.gguf" to add
      When these are run, one after the other:
        | command                       | exit | code          |
        | ls --store journal            | 0    |               |
        | add tiny.gguf --store journal | 0    |               |
        | ls                            | 0    |               |
        | ls --store fs                 | 6    | StoreMismatch |
        | doctor                        | 0    |               |
        | repair                        | 6    | Unsupported   |
        | log                           | 0    |               |
      Then each ended as it says, and told what to do next

  @CAT-HIS-3602
  Rule: The log tells who changed what, when, why and because of what

    Scenario: It reads like a story
      Given a catalog with a history
      When `catalog log` is run
      Then it exits with 0 and tells:
        """
        2  2026-05-01T12:00:00.000Z  model tiny was added
            is Active, warned, 1.00 kB, sha256:<hex>…, from file://<folder>/tiny.gguf
            by process <pid> on <host> (<command>)
            to add

        3  2026-05-02T12:00:00.000Z  model pending was added
            is Pending, unverified, from hf:org/repo
            by process <pid> on <host> (<command>)
            to register

        4  2026-05-03T12:00:00.000Z  model tiny was changed
            became Retired (was Active)
            by process <pid> on <host> (<command>)
            to state

        5  2026-05-04T12:00:00.000Z  engine llama.cpp:1.2.3 was added
            is llama.cpp 1.2.3, /opt/llama-server
            by process <pid> on <host> (<command>)
            to engine add

        6  2026-05-05T12:00:00.000Z  model pending was removed
            was Pending, unverified, from hf:org/repo
            by process <pid> on <host> (<command>)
            to rm

        7  2026-05-06T12:00:00.000Z  model tiny was changed
            has the label team=vision
            is called Tiny (was tiny)
            pinned because in production
            is now verified (was warned)
            by process <pid> on <host> (<command>)
            to adopt: ollama has it

        8  2026-05-06T12:00:00.000Z  model tiny was changed
            has no label team any more
            no longer pinned because in production
            by process <pid> on <host> (<command>)
            to adopt: ollama has it
            because of 7, in the same call
        """

    @slow
    Scenario Outline: `catalog <command>` tells of <revisions>
      Given a catalog with a history
      When `catalog <command> --json` is run
      Then it tells of the revisions <revisions>, a line each, as the library does

      Examples:
        | command                  | revisions           |
        | log                      | 2, 3, 4, 5, 6, 7, 8 |
        | log tiny                 | 2, 4, 7, 8          |
        | log pending              | 3, 6                |
        | log llama.cpp:1.2.3      | 5                   |
        | log --limit 2            | 7, 8                |
        | log tiny --limit 3       | 4, 7, 8             |
        | log --limit 100          | 2, 3, 4, 5, 6, 7, 8 |
        | log --after 5            | 6, 7, 8             |
        | log --after 5 --limit 1  | 8                   |
        | log --after 7 --limit 5  | 8                   |
        | log --after 8            | none                |
        | log --limit 0            | none                |

    Scenario: What caused what is drawn
      Given a catalog with a history
      When `catalog log tiny --graph` is run
      Then it exits with 0 and tells:
        """
        * 2  2026-05-01T12:00:00.000Z  model tiny was added: is Active, warned, 1.00 kB, sha256:<hex>…, from file://<folder>/tiny.gguf (to add, by process <pid> on <host>)
        * 4  2026-05-03T12:00:00.000Z  model tiny was changed: became Retired (was Active) (to state, by process <pid> on <host>)
        * 7  2026-05-06T12:00:00.000Z  model tiny was changed: has the label team=vision, is called Tiny (was tiny), pinned because in production, is now verified (was warned) (to adopt, by process <pid> on <host>)
        o 8  2026-05-06T12:00:00.000Z  model tiny was changed: has no label team any more, no longer pinned because in production (to adopt, by process <pid> on <host>)
        """

    Scenario: Nothing in it acts on the terminal
      Given a catalog with a history of control and bidirectional characters
      When each of these is run:
        | command       | exit |
        | log           | 0    |
        | log --graph   | 0    |
        | log --json    | 0    |
        | log -q        | 0    |
        | at 2          | 0    |
        | diff 0        | 0    |
        | diff 0 --json | 0    |
      Then each ended as it says
      And nothing that does not print was printed

    Scenario: Whoever stops reading ends it quietly
      Given a catalog with a history
      When `catalog log --json` is run with nobody reading
      Then it exits with 0 and has no word for it

  @CAT-HIS-3602
  Rule: Any past state can be seen, and what became of it

    @slow
    Scenario Outline: At <moment> there were <ids>
      Given a catalog with a history
      When `catalog at <moment> --json` is run
      Then it shows the records of "<ids>" as they were

      Examples:
        | moment                    | ids                            |
        | 0                         |                                |
        | 2                         | tiny@2                         |
        | 4                         | pending@3 tiny@4               |
        | 8                         | tiny@8 llama.cpp:1.2.3@5       |
        | 2026-05-01                |                                |
        | 2026-05-01T12:00:00Z      | tiny@2                         |
        | 2026-05-02T14:00:00+02:00 | pending@3 tiny@2               |
        | 2026-05-02T11:59:59.999Z  | tiny@2                         |
        | 2030-01-01                | tiny@8 llama.cpp:1.2.3@5       |

    Scenario: People are shown tables
      Given a catalog with a history
      When `catalog at 5` is run
      Then it exits with 0 and tells:
        """
        ID       STATE    TRUST          SIZE  MODE
        pending  Pending  unverified        -  -
        tiny     Retired  warned      1.00 kB  <mode>

        ID               ENGINE     VERSION  BUILD  CREATED
        llama.cpp:1.2.3  llama.cpp  1.2.3    -      2026-05-04T12:00:00Z
        """

    @slow
    Scenario: A difference tells what was added, what was changed from what to what, and what was removed
      Given a catalog with a history
      When `catalog diff 3 6` is run
      Then it exits with 0 and tells:
        """
        model pending was removed
            was Pending, unverified, from hf:org/repo
        model tiny was changed
            became Retired (was Active)
        engine llama.cpp:1.2.3 was added
            is llama.cpp 1.2.3, /opt/llama-server
        """
      When `catalog diff 3 4 --json` is run
      Then it exits with 0 and prints one document like this:
        """
        {"schema":1,"differences":[{"collection":"models","id":"tiny","change":"changed","members":[{"member":"state","before":"Active","after":"Retired"}]}]}
        """
      When `catalog diff 2026-05-06T12:00:00Z` is run
      Then it exits with 0 and tells:
        """
        nothing changed
        """

    Scenario: What is asked for in vain
      Given a catalog with a history
      When each of these is run:
        | command                  | exit | code            |
        | at                       | 2    | InvalidArgument |
        | at yesterday             | 2    | InvalidArgument |
        | at 2026-05-01T12:00      | 2    | InvalidArgument |
        | at 2026-13-01            | 2    | InvalidArgument |
        | at 99                    | 6    | HistoryRewound  |
        | diff 1 99                | 6    | HistoryRewound  |
        | log --limit some         | 2    | InvalidArgument |
        | log --after -1           | 2    | InvalidArgument |
        | log nope                 | 3    | NotFound        |
        | log --graph --json       | 2    | InvalidArgument |
      Then each ended as it says, and told what to do next

    Scenario: Files keep no history, and say what would
      Given a catalog with a model, a registered one and an engine
      When each of these is run:
        | command          | exit | code        |
        | log              | 6    | Unsupported |
        | log tiny         | 6    | Unsupported |
        | at 1             | 6    | Unsupported |
        | diff 1           | 6    | Unsupported |
        | watch --cursor x | 6    | Unsupported |
        | snapshot x       | 6    | Unsupported |
      Then each ended as it says, and told what to do next
      And each hint has "migrate --to journal" in it
      And the root is as it was

  @CAT-JRN-3503 @CAT-HIS-3602
  Rule: A catalog and its history can be copied

    @slow
    Scenario: The copy opens by itself, with the same history
      Given a catalog with a history
      When these are run, one after the other:
        | command         | exit | code            |
        | snapshot copy   | 0    |                 |
        | snapshot copy   | 4    | AlreadyExists   |
        | snapshot root/journal/copy | 2 | InvalidArgument |
      Then each ended as it says, and told what to do next
      And `catalog log` and `catalog ls` tell of the copy what they tell of the catalog

  @CAT-HIS-3605
  Rule: Whoever follows under a name is told of every change at least once, across restarts

    @slow
    Scenario Outline: A follower of <what> that is killed over and over misses nothing, and is told at most the last one again
      Given a catalog with a journal and 20 <what>
      When `catalog watch --cursor backup -q <flags>` is run over and over, and killed after 1, 5 and 3 lines and at the end
      Then each began where the one before it had ended, or with its last line

      Examples:
        | what    | flags     |
        | models  |           |
        | engines | --engines |

    @slow
    Scenario: What nobody read was not told
      Given a catalog with a journal and 20 models
      When `catalog watch --cursor backup --json` is run with nobody reading
      Then it exits with 0 and has no word for it
      When `catalog watch --cursor backup -q` is run over and over, and killed at the end
      Then each began where the one before it had ended, or with its last line

    @slow
    Scenario: A name follows models or engines, and its checkpoint is not guessed
      Given a catalog with a journal and 20 models
      When `catalog watch --cursor backup -q` is run over and over, and killed after 5 lines
      And each of these is run:
        | command                           | exit | code                           |
        | watch --cursor backup --engines   | 6    | CursorCheckpointRegionMismatch |
        | watch --cursor ../x               | 2    | InvalidArgument                |
        | watch --cursor x --after 1        | 2    | InvalidArgument                |
        | watch --cursor x --read-only      | 7    | ReadOnly                       |
      Then each ended as it says, and told what to do next

  @CAT-HIS-3603
  Rule: A policy in the root is heeded by whoever writes

    Scenario Outline: <gate> is named by what it denies
      Given a file "tiny.gguf" to add
      And a root with the policy <policy>
      When these are run, one after the other:
        | command                    | exit | code       |
        | <denied> --store journal   | 1    | GateDenied |
        | <permitted> --store journal | 0    |            |
      Then each ended as it says, and told what to do next
      And each denial names the gate "<gate>"
      And the catalog holds <models> models, and nothing is on its way

      Examples:
        | gate            | policy                                    | denied                                          | permitted                           | models |
        | allowed_sources | {"allowed_sources":["hf:good/","file:"]}  | register a --source https://example.org/a       | register b --source hf:good/b       | 1      |
        | allowed_sources | {"allowed_sources":["hf:good/"]}          | add tiny.gguf                                   | register b --source hf:good/b       | 1      |
        | signature_label | {"signature_label":"signed-by"}           | add tiny.gguf                                   | add tiny.gguf --label signed-by=me  | 1      |

    Scenario: A model without a digest is not to be used where one is required
      Given a root with the policy {"digest_required":true}
      When these are run, one after the other:
        | command                                            | exit | code       |
        | register a --source hf:org/a --store journal       | 0    |            |
        | state a Active --allow-unverified                  | 1    | GateDenied |
        | state a Retired                                    | 0    |            |
      Then each ended as it says, and told what to do next
      And each denial names the gate "digest_required"

    Scenario: A format that can carry code is denied, beside the gates of the program
      Given a root with the policy {"no_code_bearing_formats":true}
      When a program with a gate of its own puts models there
      Then "no_code_bearing_formats" denied the one that can carry code, and the gate of the program its own

    Scenario Outline: What is no policy is told to whoever opens the catalog to write: <policy>
      Given a root with the policy <policy>
      When these are run, one after the other:
        | command                                      | exit | code            |
        | register a --source hf:org/a --store journal | 2    | InvalidArgument |
        | ls --store journal --read-only               | 0    |                 |
      Then each ended as it says, and told what to do next

      Examples:
        | policy                        |
        | {"allowed_sources":"hf:"}     |
        | {"allowed_source":["hf:"]}    |
        | {"digest_required":1}         |
        | {"signature_label":""}        |
        | ["hf:"]                       |
        | {"digest_required":true       |

    Scenario: Files take no policy, rather than not to heed it; a move brings it into force
      Given a catalog with a model, a registered one and an engine
      And a root with the policy {"allowed_sources":["hf:good/"]}
      When these are run, one after the other:
        | command                             | exit | code        |
        | register a --source hf:good/a       | 6    | Unsupported |
        | ls --read-only                      | 0    |             |
        | migrate --to journal                | 0    |             |
        | register a --source hf:bad/a        | 1    | GateDenied  |
        | register a --source hf:good/a       | 0    |             |
        | migrate --to fs                     | 6    | Unsupported |
      Then each ended as it says, and told what to do next
