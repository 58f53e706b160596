Feature: Adopted models, again and later

  What other tools keep changes without the catalog: what is the same is known at no cost, what moved on is followed, and nothing
  that changed is reported as good before it was read again.

  @CAT-ADO-2201
  Rule: Adopting again follows what the tool did, and nothing else

    Scenario: A file that was touched is read again, and is known
      Given an Ollama store
      And it was adopted
      When the file of "llama3:latest" is touched
      And it is adopted again
      Then all are known, and the file of "llama3:latest" alone was read
      And nothing of it has drifted

    Scenario: A name that the tool gave to other content is followed
      Given an Ollama store
      And it was adopted
      When the tool pulls other content as "llama3:latest"
      And it is adopted again
      Then "llama3:latest" alone was adopted, with the content that the tool has now
      And the entry "llama3:latest" has {"trust_state":"verified","state":"Active"}

    Scenario: Other content of which nobody says what it must be is not taken for the model
      Given a plain directory
      And it was adopted
      When the file of "a" is damaged
      And it is adopted again
      Then the problems are AlreadyExists of a.gguf and linked.gguf, and the entry "a" is as it was

    Scenario: An id that has other content is a problem, and stops nothing
      Given an Ollama store
      And the catalog has "me/mine:v1" with other content
      When it is adopted
      Then the problems are AlreadyExists of that model, and the other 3 were adopted

    Scenario: The same content under the same id stays where the catalog has it
      Given an Ollama store
      And the catalog has "me/mine:v1" with the same content
      When it is adopted
      Then "me/mine:v1" is known and kept by the catalog as before

    Scenario Outline: A registered model that waits for <what> content <becomes>
      Given an Ollama store
      And "me/mine:v1" is registered with the digest of <what> content
      When it is adopted
      Then "me/mine:v1" <becomes>

      Examples:
        | what  | becomes                           |
        | this  | is adopted and verified           |
        | other | is a problem with DigestMismatch  |

    Scenario: Removing an adopted model takes away its record alone
      Given a hub cache
      And it was adopted
      When "acme/tiny" is evicted
      Then the record is gone, 0 bytes were freed, and the report tells what was kept
      And nothing there was changed, and no step tried to

  @CAT-ADO-2203
  Rule: What changed is not reported as good before it was read again

    Scenario Outline: A file that was <what> shows as <reason>, and its verification is <outcome>
      Given an Ollama store
      And it was adopted
      When the file of "llama3:latest" is <what>
      Then "llama3:latest" has drifted: <reason>
      When "llama3:latest" is verified quickly
      Then the outcome of that is <outcome>
      And the entry "llama3:latest" has {"state":"<state>"}

      Examples:
        | what     | reason  | outcome       | state  |
        | touched  | changed | pass full     | Active |
        | damaged  | changed | fail mismatch | Failed |
        | removed  | missing | fail missing  | Failed |

    @CAT-ENG-2403
    Scenario Outline: A file that was <what> is in no record with an engine
      Given an Ollama store
      And it was adopted
      And an engine "llama.cpp:1" with flags "-ngl 99"
      When the file of "llama3:latest" is <what>
      And "llama3:latest" and "llama.cpp:1" are correlated
      Then there is no record of it
      And the catalog refuses it with NotVerified, and tells of the drift
      When `catalog engine correlate llama3:latest llama.cpp:1` answers, it exits with 1
      Then it told to run `catalog verify llama3:latest`

      Examples:
        | what     |
        | touched  |
        | damaged  |
        | removed  |

    @CAT-ENG-2403
    Scenario: A verification that passed lets it be in a record again
      Given an Ollama store
      And it was adopted
      And an engine "llama.cpp:1" with flags "-ngl 99"
      When the file of "llama3:latest" is touched
      And "llama3:latest" is verified quickly
      And "llama3:latest" and "llama.cpp:1" are correlated
      Then there is a record with the digest of "llama3:latest"

    Scenario: A verification that passed ends the drift
      Given an Ollama store
      And it was adopted
      When the file of "llama3:latest" is touched
      And "llama3:latest" is verified quickly
      Then nothing of it has drifted

    Scenario: A blob of the catalog's own that was damaged has drifted as well
      Given an Ollama store
      And the catalog has "mine" with other content
      When the file of "mine" is damaged
      Then "mine" has drifted: changed

    Scenario: To look for drift reads no file
      Given an Ollama store
      And it was adopted
      When drift is looked for
      Then no file was read

  @CAT-ADO-2204
  Rule: A dry run tells the same, and reads and writes nothing

    Scenario Outline: A dry run of <store> tells what would be adopted
      Given <store>
      When it is adopted in a dry run
      Then nothing was read through, nothing was written, and there is no root
      When it is adopted
      Then the dry run had told the same

      Examples:
        | store                                    |
        | a hub cache with the shared store of 2.0 |
        | an Ollama store                          |
        | models of LM Studio                      |
        | a plain directory                        |
        | an Ollama store with a missing blob      |

    Scenario: A dry run after that tells what is known
      Given an Ollama store
      And it was adopted
      When it is adopted in a dry run
      Then all of them are known, and no file was hashed

    Scenario: 200 models of 100 GiB each are listed without reading them
      Given a directory of 200 models of 100 GiB that take no room
      When it is adopted in a dry run
      Then 200 would be adopted, of 21474836480000 bytes, and not one byte was read

    Scenario Outline: Bytes that lie on this machine more than once are counted: <how>
      Given two stores, of Ollama and of llama.cpp, with the same file of 1000 bytes
      When the first is adopted, and the second <how>
      Then the second has 1000 duplicate bytes

      Examples:
        | how          |
        | in a dry run |
        | for good     |

  @CAT-ADO-2201 @CAT-DIG-1407
  Rule: Who stops half-way has adopted whole models only

    Scenario: An abort leaves what was adopted, and nothing half
      Given a plain directory
      When it is adopted and aborted at the 4th word of progress
      Then the catalog refuses it with Aborted
      And each of them is found where it lies, with the digests of its bytes
      When it is adopted
      Then the rest was adopted

    Scenario: Progress is told for all files together
      Given a plain directory
      When it is adopted while its progress is watched
      Then the progress grows up to the total, which is that of all its files

    @slow
    Scenario Outline: Killed at any step while <store> is adopted, no entry names bytes that were not hashed
      When a process that adopts <store> is killed at each step on a simulated disk
      Then every entry that was left had its bytes, and all that was acknowledged was there

      Examples:
        | store                                    |
        | a hub cache with the shared store of 2.0 |
        | an Ollama store                          |

  @CAT-CLI-6201
  Rule: The command adopts, and tells of drift

    @slow
    Scenario: `catalog adopt` tells people and programs
      Given an Ollama store with a missing blob
      When `catalog adopt ollama --path STORE` answers, it exits with 0
      Then it printed lines that have these words:
        | good:latest  adopted                            |
        | problem  bad:latest  STORE/manifests            |
        | 1 adopted (9 B), 0 known, 1 with problems       |
      When `catalog adopt ollama --path STORE --dry-run --json` answers, it exits with 0
      Then it printed a report with {"tool":"ollama","dry_run":true,"scanned":2,"adopted":[],"known":["good:latest"],"bytes":0}
      When `catalog adopt ollama --path STORE/nowhere` answers, it exits with 3
      Then it told to name the place with --path
      When `catalog adopt nothing` answers, it exits with 2

    Scenario: A problem is told with its model, and each path once
      Given an Ollama store with a corrupt blob
      When `catalog adopt ollama --path STORE` answers, it exits with 0
      Then the line of the problem says "bad:latest  DigestMismatch  STORE/blobs/", and that path once

    @CAT-ADO-2205 @slow
    Scenario: What is odd about a model that goes in is told
      Given a directory of a truncated GGUF, an empty one and a pickle
      When `catalog adopt directory --path STORE` answers, it exits with 0
      Then it printed lines that have these words:
        | warning  cut  truncated: cut.gguf ends within its header |
        | warning  empty  truncated: empty.gguf                    |
      When `catalog add STORE/cut.gguf --id again` answers, it exits with 0
      Then it printed lines that have these words:
        | warning  truncated: cut.gguf ends within its header |
      When `catalog add STORE/weights.bin` answers, it exits with 0
      Then it printed lines that have these words:
        | warning  code_bearing: |
      When `catalog show again` answers, it exits with 0
      Then it printed lines that have these words:
        | warning     truncated: cut.gguf ends within its header |

    @slow
    Scenario: `ls` and `show` tell what drifted in place of trust
      Given an Ollama store
      And it was adopted
      When the file of "me/mine:v1" is damaged
      And the file of "hf.co/acme/tiny-GGUF:Q4_K_M" is removed
      And `catalog ls` answers, it exits with 0
      Then it printed lines that have these words:
        | hf.co/acme/tiny-GGUF:Q4_K_M  Active  missing   |
        | llama3:latest                Active  verified  |
        | me/mine:v1                   Active  changed   |
      When `catalog ls --json` answers, it exits with 0
      Then it printed drift of 2 files: changed and missing
      When `catalog show me/mine:v1` answers, it exits with 0
      Then it printed lines that have these words:
        | trust         changed       |
        | changed       STORE/blobs/  |
      When `catalog show llama3:latest --json` answers, it exits with 0
      Then it printed drift of 0 files: none
