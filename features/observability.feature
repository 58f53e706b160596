Feature: What a catalog does can be seen by whoever runs it
  Each operation is told of once, when it has ended: on channels of node:diagnostics_channel, to a logger, and as metrics.

  @CAT-OBS-6101
  Rule: Every operation is told of, with what it was about and how it ended

    Scenario Outline: <operation> is told of: <call>
      Given a catalog with a verified model "m" and a source "b.gguf"
      When somebody listens, and <call> is called
      Then one operation is told, which is "<operation>" of the kind "<kind>" and a success
      And it is about the model "<model>", with <members>

      Examples:
        | call                   | operation  | kind     | model | members                    |
        | register               | register   | register | r     | its reference              |
        | add                    | add        | add      | b     | its reference, digest and bytes |
        | put                    | put        | update   | p     | its reference              |
        | setState               | state      | update   | m     | its reference, digest and bytes |
        | pin                    | pin        | update   | m     | its reference, digest and bytes |
        | unpin                  | unpin      | update   | m     | its reference, digest and bytes |
        | verify                 | verify     | verify   | m     | its digest and bytes       |
        | evict                  | rm         | evict    | m     | its bytes                  |
        | delete                 | rm         | delete   | m     | its bytes                  |

    Scenario Outline: An operation on many is told of once: <call>
      Given a catalog with a verified model "m" and a source "b.gguf"
      When somebody listens, and <call> is called
      Then one operation is told, which is "<operation>" of the kind "<kind>" and a success
      And it says how many it was about

      Examples:
        | call      | operation | kind   |
        | verifyAll | verify    | verify |
        | gc        | gc        | gc     |
        | adopt     | adopt     | adopt  |
        | dedupe    | dedupe    | update |

    Scenario Outline: What only looks is told of, and is of no kind: <call>
      Given a catalog with a verified model "m" and a source "b.gguf"
      When somebody listens, and <call> is called
      Then one operation is told, which is "<operation>" of no kind and a success

      Examples:
        | call      | operation |
        | get       | get       |
        | list      | ls        |
        | exists    | exists    |
        | locate    | locate    |
        | modelPath | use       |
        | probe     | probe     |
        | why       | why       |
        | leases    | ls        |
        | partials  | ls        |
        | drift     | drift     |
        | usage     | usage     |
        | doctor    | doctor    |

    Scenario Outline: A dry run is told of as one, and is of no kind: <call>
      Given a catalog with a verified model "m" and a source "b.gguf"
      When somebody listens, and <call> is called for a dry run
      Then one operation is told, which is "<operation>" of no kind and a success
      And it is told as a dry run, which says how many it would be about

      Examples:
        | call   | operation |
        | evict  | rm        |
        | gc     | gc        |
        | adopt  | adopt     |
        | dedupe | dedupe    |

    Scenario: A dry run that is refused is told as one
      Given a catalog with a verified model "m" and a source "b.gguf"
      When somebody listens, and a dry run of adopting from a tool that nobody knows is called, which is refused as InvalidArgument
      Then one operation is told, which is "adopt" of no kind and a failure with InvalidArgument
      And it is told as a dry run

    Scenario: Engines are told of as models are
      Given a catalog with a verified model "m" and a source "b.gguf"
      When somebody listens, and an engine is put and deleted
      Then "engine add" and "engine rm" are told, about the engine "e"

    Scenario Outline: What fails is told with its code: <call>
      Given a catalog with a verified model "m" and a source "b.gguf"
      When somebody listens, and <call> is called, which is refused as <code>
      Then one operation is told, which is "<operation>" of the kind "<kind>" and a failure with <code>

      Examples:
        | call                        | code            | operation | kind     |
        | register without a source   | InvalidRecord   | register  | register |
        | add of what is not there    | NotFound        | add       | add      |
        | add of m again with other bytes | AlreadyExists | add     | add      |
        | verify of nobody            | NotFound        | verify    | verify   |
        | put of what is no record    | InvalidRecord   | put       | update   |

    Scenario: Each verification is told of, alone or as one of many
      Given a catalog with a verified model "m" and a source "b.gguf"
      And a model "broken" whose bytes have changed since
      When somebody listens, and verifyAll is called
      Then a verification of "m" is told as pass, and one of "broken" as fail for mismatch

    Scenario: What is told of a change bears the id that the history has of it
      Given a catalog with a journal
      When somebody listens, and a model is added and pinned there
      Then the correlation id of each operation is that of the changes that it made, in the history

    Scenario: Who listens no more is told nothing
      Given a catalog with a verified model "m" and a source "b.gguf"
      When somebody listened, and does no more
      Then nothing is told of what is done

    Scenario: A secret in a reference is not told
      Given a catalog with a verified model "m" and a source "b.gguf"
      When somebody listens, and models are registered and added with a password in their references
      Then operations are told, and none has the password

  @CAT-OBS-6101
  Rule: A logger is told the same

    Scenario: pino is given what was done
      Given a catalog that logs with pino
      When a model is added, looked for, verified after its bytes have changed, and something is refused
      Then the log has a line for each, at the levels info, debug, warn and warn
      And each line has the members of the event

    Scenario: A dry run is logged as what only looks
      Given a catalog that logs with pino
      When an eviction is tried there in a dry run
      Then the log says of it "rm a (dry run)", at the level debug

    Scenario: A logger that throws costs nothing
      Given a catalog with a logger that throws
      When a model is added there
      Then it was added all the same

    Scenario Outline: What cannot log is refused when the catalog is opened: <logger>
      When a catalog is opened with <logger> as its logger
      Then that is refused as InvalidArgument for "logger"

      Examples:
        | logger              |
        | a function          |
        | one without a warn  |
        | nothing at all, null |

    Scenario: The library prints nothing by itself
      When a process of its own does everything once, and something that fails
      Then it has printed nothing

  @CAT-OBS-6102
  Rule: What is done and what is held is counted under fixed names

    Scenario: The page for Prometheus after known operations
      Given metrics, and a catalog with a verified model "m" and a source "b.gguf"
      And a model "broken" whose bytes have changed since
      When a model is registered, everything is verified, and a verification of nobody is refused
      Then the page for Prometheus has these lines
        """
        catalog_entries_total 3
        catalog_models_total{state="Pending"} 1
        catalog_models_total{state="Active"} 1
        catalog_models_total{state="Retired"} 0
        catalog_models_total{state="Failed"} 1
        catalog_operations_total{operation="add"} 2
        catalog_operations_total{operation="register"} 1
        catalog_operations_total{operation="verify"} 2
        catalog_operation_failures_total{operation="verify",code="NotFound"} 1
        catalog_operation_duration_seconds_count{operation="verify"} 2
        catalog_operation_duration_seconds_bucket{operation="verify",le="+Inf"} 2
        catalog_verifications_total{result="pass",reason="none"} 1
        catalog_verifications_total{result="fail",reason="mismatch"} 1
        catalog_verification_total{outcome="success"} 1
        catalog_verification_total{outcome="failure"} 1
        """

    Scenario: A dry run is counted as nothing that was done
      Given metrics, and a catalog with a verified model "m" and a source "b.gguf"
      When each method that has dry runs is called for one
      Then the page for Prometheus counts no operation but the "add" of the model

    Scenario: prom-client says the same
      Given metrics, and a catalog with a verified model "m" and a source "b.gguf"
      When the metrics are registered with prom-client
      And a model is registered, everything is verified, and a verification of nobody is refused
      Then prom-client's page has the same figures as ours

    Scenario: Each scrape by prom-client lists the catalog once
      Given metrics of a catalog that counts how often it is listed
      When the metrics are registered with prom-client
      And prom-client is scraped 3 times, one after the other
      Then the catalog was listed 3 times

    Scenario: A scrape that fails fails none after it
      Given metrics of a catalog that counts how often it is listed
      When the metrics are registered with prom-client
      And prom-client is scraped, and the catalog cannot be listed
      Then the scrape has failed
      When prom-client is scraped 1 times, one after the other
      Then the catalog was listed 2 times

    Scenario: OpenTelemetry is told the same
      Given a meter of OpenTelemetry that observes the catalogs of this process
      And metrics, and a catalog with a verified model "m" and a source "b.gguf"
      When a model is registered, everything is verified, and a verification of nobody is refused
      Then what OpenTelemetry has collected has the same figures as ours

    Scenario: Whatever is catalogued, labels come from closed lists
      Given metrics, and a catalog with a verified model "m" and a source "b.gguf"
      When models with odd ids are added, and some are refused
      Then no label says anything of them

    Scenario: `catalog metrics` prints what a catalog holds
      Given a catalog with a verified model "m" and a source "b.gguf"
      When `catalog metrics` is run there
      Then it prints a page for Prometheus, with 1 Active model

    Scenario: The dashboard asks for metrics that there are, and no others
      Then every metric and label that docs/grafana-dashboard.json asks for is one of ours
      And docs/observability.md lists every metric, with its labels and type

  @CAT-OBS-6103
  Rule: Errors are of one class, with codes from a closed list

    Scenario: The README lists every code, with its exit status, its meaning and its remedy
      Then the table of errors in the README has every code once, with its exit status and what the command says to do

    Scenario: A message says what was wanted and what was found, and the cause is kept
      Given a catalog with a verified model "m" and a source "b.gguf"
      When the disk fails while "b.gguf" is added
      Then the error is a CatalogError with a code of the list, whose cause is that of the disk
