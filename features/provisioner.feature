@slow
Feature: Provisioners see to it that models and engines are there, once, and whole or not at all

  Background:
    Given a hub with "org/model" of these files:
      | path            | bytes | kept    |
      | model.gguf      | 300   | largely |

  Rule: A model is looked for, then fetched, then added

    @CAT-PRV-2501
    Scenario: What is not there is fetched, verified and registered, and is there afterwards
      When the model "hf:org/model/model.gguf" is to be there
      Then it is there as "model", fetched, Active and verified, under its reference
      When the model "hf:org/model/model.gguf" is to be there
      Then it is there as "model", and the hub was asked once

    @CAT-PRV-2501
    Scenario: What another tool brought is found by its digest, and nothing is fetched
      Given the model "adopted" is in the catalog with the bytes of "model.gguf"
      When the model "hf:org/model/model.gguf" is to be there by its digest
      Then it is there as "adopted", and the hub was not asked

    @CAT-PRV-2501
    Scenario: What was registered before is filled
      Given the model "chat" is registered as "hf:org/model/model.gguf" with its digest
      When the model "hf:org/model/model.gguf" is to be there with {"id":"chat"}
      Then it is there as "chat", fetched, Active and verified, under its reference

    @CAT-PRV-2501
    Scenario: A model that has failed is fetched anew
      Given the model "hf:org/model/model.gguf" was there, and its bytes were found damaged
      When the model "hf:org/model/model.gguf" is to be there
      Then it is there as "model", fetched, Active and verified, under its reference

    @CAT-PRV-2501
    Scenario Outline: A model <what> is <code>, and nothing can be seen of it
      When the model "<ref>" is to be there with <options>
      Then it is refused to the caller with <code>
      And the catalog is empty

      Examples:
        | what                   | ref                       | options                     | code            |
        | that is not there      | hf:org/model/none.gguf    | {}                          | NotFound        |
        | with another digest    | hf:org/model/model.gguf   | {"digest":"sha256:<zeros>"} | DigestMismatch  |
        | under no id            | hf:org/model/model.gguf   | {"id":""}                   | InvalidId       |
        | of no reference        | hf:                       | {}                          | InvalidRef      |

    @CAT-PRV-2501
    Scenario: A model that is there with another digest is a mismatch, and stays
      Given the model "hf:org/model/model.gguf" was brought
      When the model "hf:org/model/model.gguf" is to be there with {"digest":"sha256:<zeros>"}
      Then it is refused to the caller with DigestMismatch
      When the model "hf:org/model/model.gguf" is to be there
      Then it is there as "model", and the hub was asked once

    @CAT-PRV-2501
    Scenario: A digest of another algorithm is held against the bytes
      Given the model "hf:org/model/model.gguf" was brought
      When the model "hf:org/model/model.gguf" is to be there by its SHA-512
      Then it is there as "model", and the hub was asked once

    @CAT-PRV-2501 @CAT-GC-2304
    Scenario: A model that is to be used is leased before anybody could remove it
      When the model "hf:org/model/model.gguf" is to be there with {"lease":{"holder":"pool","ttlMs":60000}}
      Then it cannot be removed, because "pool" uses it

    @CAT-PRV-2501
    Scenario: What is done is told, on a channel and to a listener
      When the model "hf:org/model/model.gguf" is to be there
      And the model "hf:org/model/model.gguf" is to be there
      Then the events were fetching fetched added found

  Rule: Of many who ask one fetches

    @CAT-PRV-2501
    Scenario: Fifty callers of one process are one request
      When 50 callers want the model "hf:org/model/model.gguf" to be there at once
      Then all have it by one path, and the hub was asked once

    @CAT-PRV-2501
    Scenario: Fifty processes are one request
      When 50 processes want the model "hf:org/model/model.gguf" to be there at once
      Then all have it by one path, and the hub was asked once

    @CAT-PRV-2501
    Scenario: A process that is killed while it fetches makes room for one that goes on
      When a process fetches the model "hf:org/model/model.gguf", and another waits for it
      And the first is killed behind 200 bytes
      Then the other has it, and fetched what was missing

  Rule: A kill leaves nothing wrong, and the next one goes on

    @CAT-PRV-2501 @CAT-PRV-2503
    Scenario: Killed before some of its steps, a fetch leaves no wrong model, and is done by the next process
      When a process that fetches "hf:org/model/model.gguf" is killed before every 15th of its steps, one time after the other
      Then each time the model was not there, or right
      And each time the next process has it, and nothing of the download is left

    @CAT-PRV-2501 @CAT-PRV-2503 @full
    Scenario: Killed before any of its steps, a fetch leaves no wrong model, and is done by the next process
      When a process that fetches "hf:org/model/model.gguf" is killed before every 1st of its steps, one time after the other
      Then each time the model was not there, or right
      And each time the next process has it, and nothing of the download is left

    @CAT-PRV-2502
    Scenario: Killed before some of its steps, a preparation leaves no engine without its artifacts
      When a process that prepares an engine is killed before every 11th of its steps, one time after the other
      Then each time there was no engine, or one with all its artifacts
      And each time the next process has the engine, and one folder of it is there

    @CAT-PRV-2502 @full
    Scenario: Killed before any of its steps, a preparation leaves no engine without its artifacts
      When a process that prepares an engine is killed before every 1st of its steps, one time after the other
      Then each time there was no engine, or one with all its artifacts
      And each time the next process has the engine, and one folder of it is there

    @CAT-PRV-2503 @CAT-BLB-2109
    Scenario: A download that the catalog has taken is never written to
      Given the model "hf:org/model/model.gguf" was brought, and its process died before the download was removed
      When the hub has another model there, which is to be there as "other" by its digest
      Then the model "model" is whole, and "other" is what the hub has now

    @CAT-PRV-2501
    Scenario: An option that nobody heeds is refused
      When the model "hf:org/model/model.gguf" is to be there with {"diggest":"x"}
      Then it is refused to the caller with InvalidArgument
      And the catalog is empty

  Rule: An engine is prepared, then recorded

    @CAT-PRV-2502
    Scenario: An engine is prepared once, and its entry is written when its artifacts are durable
      When the engine "llama.cpp" "b4000" is to be there
      Then its entry names a binary that is there, with its digest
      And its files were durable before its entry was written
      When the engine "llama.cpp" "b4000" is to be there
      Then it was prepared once, and the entry is as it was

    @CAT-PRV-2502
    Scenario: Twenty callers prepare it once
      When 20 callers want the engine "llama.cpp" "b4000" to be there at once
      Then it was prepared once, and all have one entry

    @CAT-PRV-2502
    Scenario: An engine whose files are gone is prepared again
      Given the engine "llama.cpp" "b4000" was there, and its files were removed
      When the engine "llama.cpp" "b4000" is to be there
      Then its entry names a binary that is there, with its digest

    @CAT-PRV-2502
    Scenario: An engine of this machine is recorded where it is
      When an engine at a path of this machine is to be there
      Then its entry names that path, with its digest

    @CAT-PRV-2502
    Scenario Outline: An engine <what> is refused with <code>, and not recorded
      When an engine <what> is to be there
      Then it is refused to the caller with <code>
      And there is no engine, and nothing of one

      Examples:
        | what                                   | code            |
        | with another digest                    | DigestMismatch  |
        | without a binary                       | InvalidArgument |
        | with artifacts that are no list        | InvalidArgument |
        | of which nothing is told               | InvalidArgument |
        | with a binary outside its folder       | PathOutsideRoot |
        | with a binary that is not there        | NotFound        |
        | whose preparation fails                | IoError         |

    @CAT-PRV-2502
    Scenario: The id of another engine is not taken
      Given the engine "llama.cpp" "b4000" is there as "llama"
      When the engine "llama.cpp" "b5000" is to be there as "llama"
      Then it is refused to the caller with AlreadyExists

  Rule: The command brings a model by its reference

    @CAT-PRV-2503
    Scenario: Pull prints the path of the model, and finds it the next time
      When "catalog-provision pull hf:org/model/model.gguf" is run
      Then it ends with 0 and prints the path of "model"
      When "catalog-provision pull hf:org/model/model.gguf --json" is run
      Then it ends with 0 and prints a document in which {"schema":1,"id":"model","fetched":false}

    @CAT-PRV-2503
    Scenario Outline: "<command>" ends with <code>, and says what to do
      When "<command>" is run
      Then it ends with <code>, and says what was wrong and what to do

      Examples:
        | command                                                     | code |
        | catalog-provision pull hf:org/model/none.gguf               | 3    |
        | catalog-provision pull hf:org/none                          | 3    |
        | catalog-provision pull nonsense:x                           | 2    |
        | catalog-provision pull                                      | 2    |
        | catalog-provision pull hf:org/model/model.gguf --parallel 0 | 2    |
        | catalog-provision push x                                    | 2    |

    @CAT-PRV-2503
    Scenario: Labels are given one at a time, wherever the reference stands
      When "catalog-provision pull --label team=vision --label tier= hf:org/model/model.gguf --json" is run
      Then it ends with 0 and prints a document in which {"id":"model","model":{"labels":{"team":"vision","tier":""}}}

    @CAT-PRV-2503
    Scenario: A label without a name is refused
      When "catalog-provision pull hf:org/model/model.gguf --label =vision" is run
      Then it ends with 2, and says what was wrong and what to do

    @CAT-SEC-6004
    Scenario Outline: A password that was given in the wrong place is shown nowhere (<command>)
      When "<command>" is run
      Then it ends with 2, and says what was wrong and what to do
      And nowhere it says "opensesame"

      Examples:
        | command                                                                             |
        | catalog-provision https://me:opensesame@host.example/model.gguf                      |
        | catalog-provision pull x --id a https://host.example/model.gguf?token=opensesame     |
        | catalog-provision pull hf:org/model/model.gguf --parallel https://me:opensesame@host |

    @CAT-CLI-6202
    Scenario: What would turn the text of a terminal around is shown as what it is
      When "catalog-provision pull hf:org/model/\u202Efugg.gguf" is run
      Then it ends with 2, and says what was wrong and what to do
      And nowhere it says "\u202E"

    @CAT-PRV-2503
    Scenario: Partial downloads are shown and removed
      Given the hub is away behind 150 bytes
      When "catalog-provision pull hf:org/model/model.gguf --retries 0" is run
      Then it ends with 7, and says what was wrong and what to do
      When "catalog-provision partials --json" is run
      Then it ends with 0 and prints a document in which {"partials":[{"ref":"hf:org/model/model.gguf","bytes":150,"total_bytes":300}]}
      When "catalog-provision partials --remove hf:org/model/model.gguf" is run
      Then it ends with 0 and prints nothing
      When "catalog-provision partials" is run
      Then it ends with 0 and prints nothing
