Feature: Verifying everything

  One call reads all that the catalog vouches for, as fast as the machine can, and says what became of each model.

  @CAT-DIG-1406
  Rule: Every model that has files is verified, and one that is bad keeps no other from it

    Scenario: A run over good, damaged, missing and pending models counts each, and records what it found
      Given a catalog over the fs store
      And models "a, b, c, d" of content of their own
      And a model "later" that was registered with {}
      And the blob of "b" is zeroed in its middle
      And the blob of "c" was removed
      When everything is verified
      Then the report is {"checked":4,"passed":2,"failed":2,"warned":0,"skipped":1,"complete":true}
      And it tells of "a, b, c, d"
      And the outcome of "b" is {"kind":"fail","reason":"mismatch"}
      And the outcome of "c" is {"kind":"fail","reason":"missing"}
      And the entry "b" has {"state":"Failed","trust_state":"unverified"}
      And the entry "c" has {"state":"Failed","trust_state":"unverified"}
      And the entry "a" has {"state":"Active","trust_state":"warned"}
      And the entry "later" has {"state":"Pending"}

    Scenario: What cannot be verified here is an outcome of its model alone
      Given a catalog over the fs store
      And models "a, b" of content of their own
      And the entry "a" is stored with {"declared":"blake3:0000000000000000000000000000000000000000000000000000000000000000"}
      When everything is verified
      Then the report is {"checked":2,"passed":1,"failed":1,"complete":true}
      And the outcome of "a" is {"kind":"fail","reason":"unreadable"}
      And the entry "a" has {"state":"Active"}

    Scenario: A model that is removed before its turn is not told of
      Given a catalog that reads one file at a time, with models "a, b, c"
      When everything is verified, and "c" is removed before the first file is read
      Then the report is {"checked":2,"passed":2,"failed":0,"complete":true}
      And it tells of "a, b"

    Scenario: A catalog without models is verified
      Given a catalog over the fs store
      When everything is verified
      Then the report is {"checked":0,"passed":0,"failed":0,"skipped":0,"complete":true}

    Scenario: Progress is that of the whole work
      Given a catalog over the fs store
      And models "a, b, c" of content of their own
      When everything is verified
      Then each word of progress was of 3 models and of all their bytes
      And each named a file
      And the last one was that all of it is done

  @CAT-DIG-1406 @CAT-DIG-1405
  Rule: Damage of the same size is found, and healed by the good file

    Scenario Outline: A blob that was zeroed in its middle is found by a <how> run
      Given a catalog over the fs store
      And models "a, b" of content of their own
      And the blob of "b" is zeroed in its middle
      When everything is verified, <how>
      Then the report is <report>
      And the outcome of "b" is {"kind":"fail","reason":"mismatch","method":"full"}
      And the models that are Failed are "b"
      When the good file of "b" is added again
      Then the model "b" is found whole
      And the entry "b" has {"state":"Active"}
      And the bytes that were zeroed are in quarantine, with a note
      When everything is verified, <how>
      Then the report is {"failed":0,"complete":true}

      Examples:
        | how   | report                                       |
        | full  | {"checked":2,"passed":1,"failed":1,"skipped":0} |
        | quick | {"checked":1,"passed":0,"failed":1,"skipped":1} |

  @CAT-DIG-1406
  Rule: A quick run reads nothing of what is unchanged, and says so

    Scenario: Unchanged models are skipped, and their outcome says that it was quick
      Given a catalog over the fs store
      And models "a, b, c" of content of their own
      And the blob of "c" was touched
      When everything is verified, quick
      Then the report is {"checked":1,"passed":1,"skipped":2,"complete":true}
      And the outcome of "a" is {"kind":"pass","method":"quick"}
      And the outcome of "c" is {"kind":"pass","method":"full"}
      And as many bytes were read as "c" has

    Scenario: A model whose file cannot be looked at is read instead
      Given a catalog that reads one file at a time, with models "a, b"
      And the disk refuses to look at "a.gguf"
      When everything is verified, quick
      Then the report is {"checked":1,"passed":1,"skipped":1,"complete":true}
      And the outcome of "a" is {"kind":"pass","method":"full"}

  @CAT-DIG-1406 @CAT-DIG-1407
  Rule: A run that is aborted tells what it did, and another goes on from there

    Scenario: What was verified before the abort stays recorded, and is left out when the run is resumed
      Given a catalog whose clock never stands still
      And models "a, b, c, d, e, f, g, h" of content of their own
      And the blob of "a" is zeroed in its middle
      When everything is verified, and aborted when the first is read
      Then the report is {"complete":false}
      And it tells of some models and not of all
      When everything is verified, going on from there
      Then the report is {"complete":true}
      And both runs together verified every model, and none twice but those that failed

    Scenario: What was verified longest ago comes first
      Given a catalog that reads one file at a time, with models "a, b, c"
      And "c", "a" and "b" were verified in this order
      When everything is verified
      Then they were read in the order "c, a, b"

    Scenario: A moment that is none is refused
      Given a catalog over the fs store
      When everything is verified, going on from "yesterday"
      Then the catalog refuses it with InvalidArgument

  @CAT-DIG-1406
  Rule: Large files are hashed on as many threads as it pays to have

    Scenario Outline: A file that is <file> is read by a thread as it is here, with <digest>
      Given a pool of 2 threads
      And a file for the pool that is <file>
      When the pool reads it, with <digest>
      Then what it found is what is found here

      Examples:
        | file                  | digest           |
        | of 65 MiB             | no other digest  |
        | of 65 MiB             | a sha512 as well |
        | missing               | no other digest  |
        | a link to itself      | no other digest  |

    Scenario: As many files as there are threads are read at a time
      Given a pool of 2 threads that wait until they are aborted
      When the pool is asked for 3 large files, and aborted when 2 of them are begun
      Then each of the 3 was refused with Aborted, and 2 were begun

    Scenario: A small file begins no thread
      Given a pool of 2 threads that die
      And a file for the pool that is of 3 MiB
      When the pool reads it, with no other digest
      Then what it found is what is found here

    Scenario: Of files that come together those that are not tiny are given to threads
      Given a pool of 2 threads that die
      When the pool is asked for 2 files of 3 MiB at once
      Then one of them was read here, and the other was refused with IoError

    Scenario Outline: A thread that <does> is an error of its file, and the next file has another thread
      Given a pool of 1 threads that <do>
      When the pool is asked for a large file, and for another
      Then each was refused with IoError that names its file

      Examples:
        | does   | do    |
        | dies   | die   |
        | throws | throw |

    Scenario: Where no thread can be begun, files are hashed here
      Given a pool of 2 threads of which none can be begun
      And a file for the pool that is of 65 MiB
      When the pool reads it, with no other digest
      Then what it found is what is found here

    Scenario: A reader that throws at a word of progress gets what it threw
      Given a pool of 1 threads
      And a file for the pool that is of 65 MiB
      When the pool reads it for a listener that throws, and then once more
      Then the first reading ended with what the listener threw, and the second found what is found here

    Scenario: Closing ends the threads, and who waits for one is refused
      Given a pool of 1 threads that wait until they are aborted
      When the pool is asked for 2 large files, and closed when 1 of them is begun
      Then each of the 2 was refused with Closed, and 1 were begun

    Scenario: Threads that have nothing to do keep no process alive
      Given a file for the pool that is of 65 MiB
      When a process reads it with a pool, and closes nothing
      Then the process ends by itself

  @CAT-DIG-1406 @CAT-CLI-6201
  Rule: The command tells of everything in lines and in one document

    @slow
    Scenario: A run tells of each model, and exits with 1 where one has failed
      Given a catalog with a model, a registered one and an engine
      When `catalog verify --all` is run
      Then it exits with 0
      And it prints a line that begins with "1 verified: 1 passed, 0 warned, 0 failed; 1 skipped  1.00 kB  "
      Given the bytes of the model are damaged
      When `catalog verify --all --json -q` is run
      Then it exits with 1 and prints one document like this:
        """
        {
          "schema":1,
          "report":{
            "checked":1,"passed":0,"warned":0,"failed":1,"skipped":1,"bytes":1000,"duration_ms":"<number>","complete":true,
            "entries":[{"id":"tiny","outcome":{
              "kind":"fail","reason":"mismatch","expected":"<digest>","actual":"<digest>","bytes":1000,"duration_ms":"<number>","method":"full"
            }}]
          }
        }
        """
      When `catalog verify --all -q` is run
      Then it exits with 1

    Scenario: What does not go together is refused
      Given a catalog with a model, a registered one and an engine
      When each of these is run:
        | command                                  | exit | code            |
        | verify                                   | 2    | InvalidArgument |
        | verify tiny --all                        | 2    | InvalidArgument |
        | verify tiny --resume                     | 2    | InvalidArgument |
        | verify --all --expected sha256:00        | 2    | InvalidArgument |
        | verify --all --resume yesterday          | 2    | InvalidArgument |
        | verify --all --resume                    | 0    |                 |
        | verify --all --resume 2026-01-01         | 0    |                 |
      Then each ended as it says, and told what to do next

    Scenario: A run that is interrupted reports what it did, and says how to go on
      Given a catalog with a referenced model of 6 GB that takes no room
      When the verification of everything is interrupted at its first word of progress
      Then it exits with 130, after a report that is not complete, and says how to go on

    Scenario: Where it writes to no terminal each outcome is told as soon as it is known
      Given a catalog with a model, a registered one and an engine
      And a catalog with a referenced model of 6 GB that takes no room
      When the verification of everything is interrupted when it has told a line
      Then that line is of "tiny", which passed, and it exits with 130

    @CAT-DIG-1404
    Scenario: With --read-only what is found is told, and nothing is recorded
      Given a catalog with a model, a registered one and an engine
      And the bytes of the model are damaged
      And the root is as it is now
      When `catalog verify tiny --read-only` is run
      Then it exits with 1
      And it tells "tiny", fail, mismatch
      When `catalog verify --all --read-only` is run
      Then it exits with 1
      And it tells "tiny", fail, mismatch
      And the root has not changed

    @CAT-DIG-1404 @slow
    Scenario: Where nothing can be recorded, it is told how to verify without that
      Given a user without rights has a catalog, and a file that may not be read
      And nobody may write to the lock of the catalog
      When that user runs `catalog verify first`
      Then it exits with 6
      And its hint has "--read-only" in it
      When that user runs `catalog verify first --read-only`
      Then it exits with 0

    @CAT-DIG-1404
    Scenario: A digest that somebody mistyped does not send for another file
      Given a catalog with a model, a registered one and an engine
      When `catalog verify tiny --expected {other-digest}` is run
      Then it exits with 1
      And its hint has "check the digest that is expected; `catalog verify tiny`" in it
      When `catalog verify tiny` is run
      Then it exits with 0
      And the model "tiny" is Active again

    Scenario: Progress of many models shows how many are done, in one line
      Then after 2 seconds 1840000000 of 4370000000 bytes, and 3 of 12 models, show as:
        """
        3 of 12  model.gguf  42% [##########--------------] 1.84 GB of 4.37 GB  920 MB/s  ETA 0:03
        """
      And as JSON it has a rate of 920000000 and 2750 ms left
