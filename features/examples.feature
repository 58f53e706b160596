@slow
Feature: The examples do what they say

  Examples are for copying. Each is run as somebody runs it who has built it: in processes of its own, beside others that change the catalog.

  Rule: An orchestrator loads what is Active, and holds it

    @CAT-IDX-1119
    Scenario: What becomes Active is loaded, and what is Active no more is unloaded, in that order
      Given an orchestrator that runs
      When others do this, it says that:
        | command                                  | exit | it says                                         |
        | add a.gguf --id a                        | 0    | loaded a                                        |
        | register b --source file:///else/b.gguf  | 0    |                                                 |
        | add b.gguf --id b                        | 0    | loaded b                                        |
        | add notes.txt --id notes                 | 0    | could not load notes: it is no GGUF file        |
        | state b Retired                          | 0    | unloaded b                                      |
        | state b Active                           | 0    | loaded b                                        |
        | verify a --expected sha256:<zeros>       | 1    | unloaded a                                      |
        | verify a                                 | 0    | loaded a                                        |
        | rm notes --yes                           | 0    |                                                 |
        | rm a --yes --force                       | 0    | unloaded a                                      |
      And it is told to end
      Then the orchestrator says "unloaded b" and nothing else, and has ended with 0

    @CAT-GC-2304
    Scenario: What is loaded cannot be taken away until it is unloaded
      Given an orchestrator that has loaded "a, b"
      Then "a" cannot be removed, because the orchestrator uses it
      And a collection that is to leave nothing leaves "a, b"
      When "a" is retired, and it says "unloaded a"
      Then "a" can be removed

    @CAT-GC-2304
    Scenario: A lease is renewed as long as its model is loaded
      Given an orchestrator that has loaded "a" with "--renew-every 20"
      Then the lease of "a" comes to end later and later

    @CAT-GC-2304
    Scenario: An orchestrator that slept for longer than its lease loads its model anew
      Given an orchestrator that has loaded "a" with "--ttl 10 --renew-every 50"
      Then the orchestrator says "unloaded a" and "loaded a"

    @CAT-IDX-1119
    Scenario: An orchestrator that was killed and is started again has loaded what is Active
      Given an orchestrator that has loaded "a, b"
      When it is killed, and started again
      Then the orchestrator says "loaded a" and "loaded b" and "following"
      When it is killed, "a" is retired, "c" is added, and it is started again
      Then the orchestrator says "loaded b" and "loaded c" and "following"

    @CAT-IDX-1119
    Scenario: What was changed so often that nobody can tell it any more is found by looking at everything again
      Given an orchestrator that has looked at "a, b", and watches only after "a" was removed by force, "c" added, and 9 others registered
      Then the orchestrator says "loaded a" and "loaded b" and "following"
      And the orchestrator says "unloaded a" and "loaded c" and "following"

  Rule: A main process brings models in, and a window shows them

    @CAT-IDX-1111 @CAT-BLB-2102 @CAT-PRV-2501
    Scenario: A window shows a model when all of it is there, and not before
      Given the application runs, and its source stops in the middle of a file
      When "tiny" is typed into the window, and the source has sent half of it
      Then all that the window shows is "tiny: Pending"
      And nobody finds a file of "tiny"
      When the source sends the rest
      Then the next that the window shows is all bytes of "tiny", as the source has them

    @CAT-PRV-2501
    Scenario: What cannot be had is told by its id and the code of the error
      Given the application runs
      When "nothing" is typed into the window
      Then the next that the window shows is "main could not bring nothing: NotFound"

    @CAT-IDX-1111 @CAT-LCK-1204
    Scenario: A window goes on when its main process was killed in the middle of an add, and the next main process ends that
      Given the application runs, and its source stops in the middle of a file
      When "tiny" is typed into the window, and the source has sent half of it
      Then the next that the window shows is "tiny: Pending"
      When the main process is killed
      Then the next that the window shows is "main is gone"
      When another process adds "other"
      Then the next that the window shows is all bytes of "other"
      When the application is started again
      Then the next that the window shows is all bytes of "tiny", as the source has them

    @CAT-IDX-1111
    Scenario: A window reads where nothing may block its thread
      Given a window in whose process Atomics.wait is refused, as on the main thread of a renderer
      When another process adds "other"
      Then the next that the window shows is all bytes of "other"

  Rule: Routes of Express answer with what the catalog says

    @CAT-REC-1008
    Scenario: Models are listed by filters, and shown
      Given a server over a catalog
      Then it answers:
        | request                              | status | told                                  |
        | GET /models                          | 200    | org/tiny Active, soon Pending         |
        | GET /models?state=Active             | 200    | org/tiny Active                       |
        | GET /models?label=task=chat&id=s*    | 200    | soon Pending                          |
        | GET /models?state=Failed             | 200    |                                       |
        | GET /models/org%2Ftiny               | 200    | org/tiny Active                       |
        | GET /models/none                     | 404    | NotFound                              |
        | GET /models?sate=Active              | 400    | InvalidArgument                       |
        | GET /models?state=Active&state=Failed | 400    | InvalidArgument                       |
        | GET /models/%zz                      | 400    | InvalidArgument                       |

    @CAT-REC-1006 @CAT-DIG-1404
    Scenario: Models are registered and verified, and what the catalog refuses is refused with its code
      Given a server over a catalog
      Then it answers:
        | request                       | body                                    | status | told            |
        | POST /models                  | {"id":"new","source":"hf:org/new"}      | 200    | new Pending     |
        | POST /models                  | {"id":"new","source":"hf:org/new"}      | 200    | new Pending     |
        | POST /models                  | {"id":"new","source":"hf:org/other"}    | 409    | AlreadyExists   |
        | POST /models                  | {"id":"../new","source":"hf:org/new"}   | 400    | InvalidId       |
        | POST /models                  | {"id":"new","sources":"hf:org/new"}     | 400    | InvalidArgument |
        | POST /models                  |                                         | 400    | InvalidId       |
        | POST /models                  | [1]                                     | 400    | InvalidArgument |
        | POST /models                  | {"id":                                  | 400    | InvalidArgument |
        | POST /models/org%2Ftiny/verify |                                        | 200    | pass            |
        | POST /models/org%2Ftiny/verify | {"expected":"sha256:<zeros>"}          | 200    | fail mismatch   |
        | POST /models/org%2Ftiny/verify | {"expected":7}                         | 400    | InvalidDigest   |
        | POST /models/org%2Ftiny/verify | {"path":"/etc/passwd"}                 | 400    | InvalidArgument |
        | POST /models/none/verify      |                                         | 404    | NotFound        |

    @CAT-SEC-6004
    Scenario: No answer has a secret, a path of the machine, or a body that could not be read
      Given a server over a catalog
      When it is asked for what has a secret in its source, in its query, in its path, and in a body that is no JSON
      And its root is removed, and it is asked for the models
      Then the last answer is 500 with IndexCorrupt
      And no answer has the secret or the path of the root, and only the log says what went wrong

    @CAT-OBS-6103
    Scenario: A server that is told to end answers what it was asked before
      Given a server over a catalog
      When it is told to end while it reads the body of a request, and then the rest of the body comes
      Then it has registered the model, and has ended with 0
