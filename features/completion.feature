@slow
Feature: The shell completes the command

  Tab completes verbs, options, values, paths and ids, in the shells that people use, from the same declarations that the help is made
  of. Whatever an id holds, it comes out of the shell as it is in the catalog, and nothing of it is run.

  @CAT-CLI-6204
  Rule: What can come next is offered, and nothing else

    Scenario Outline: What may follow `<line>`
      Given a catalog with a model, a registered one and an engine
      When it is asked what may come at the end of "<line>"
      Then these are offered: "<offered>"
      And the shell completes <paths>

      Examples:
        | line                           | offered                                | paths       |
        | sh                             | show                                   | words       |
        | help sh                        | show                                   | words       |
        | engine                         | engine                                 | words       |
        | engine ·                       | add ls show correlate rm               | words       |
        | trace g                        | gate                                   | words       |
        | frobnicate ·                   |                                        | words       |
        | --json ls --tru                | --trust                                | words       |
        | ls -q                          | -q                                     | words       |
        | engine ls --v                  | --version                              | words       |
        | ls --trust w                   | warned                                 | words       |
        | ls --trust=w                   | --trust=warned                         | words       |
        | ls --frobnicate=               |                                        | words       |
        | state tiny A                   | Active                                 | words       |
        | adopt o                        | ollama oci-layout                      | words       |
        | migrate --to ·                 | fs journal                             | words       |
        | completion ·                   | bash zsh fish                          | words       |
        | show ·                         | pending tiny                           | words       |
        | show t                         | tiny                                   | words       |
        | show tiny ·                    |                                        | words       |
        | show -- t                      | tiny                                   | words       |
        | show -- --js                   |                                        | words       |
        | register t                     |                                        | words       |
        | verify --expected x t          | tiny                                   | words       |
        | engine show ·                  | llama.cpp:1.2.3                        | words       |
        | engine correlate tiny ·        | llama.cpp:1.2.3                        | words       |
        | log ·                          | pending tiny llama.cpp:1.2.3           | words       |
        | probe ti                       | tiny                                   | files       |
        | add ·                          |                                        | files       |
        | snapshot ·                     |                                        | directories |
        | ls --root ·                    |                                        | directories |
        | ls --platform-profile=         |                                        | files       |
        | --root nowhere show ·          |                                        | words       |
        | --store etcd://127.0.0.1 show ·|                                        | words       |
        | --store fs show t              | tiny                                   | words       |

    Scenario: Each offer is told with what the help says of it
      Given a catalog with a model, a registered one and an engine
      When it is asked what may come at the end of "l"
      Then each offer is told with the summary of its verb

    Scenario: Who completes ids makes no root and says nothing, whatever the catalog is like
      When it is asked what may come at the end of "show ·"
      Then these are offered: ""
      And there is no root
      Given a catalog with a model, a registered one and an engine
      And the newest index of the models is garbled
      When it is asked what may come at the end of "show ·"
      Then it answers nothing

    Scenario: Looking for ids changes nothing
      Given a catalog with a model, a registered one and an engine
      When it is asked what may come at the end of "show ·"
      Then the root is as it was

    Scenario: Of ten thousand models those are offered that begin so
      Given a catalog of 10000 models
      When it is asked what may come at the end of "show model-12"
      Then 111 are offered, which all begin with "model-12"

  @CAT-CLI-6204
  Rule: In each shell a word comes out as it is in the catalog

    Scenario Outline: <shell> completes what was typed
      Given <shell>, before a catalog with ids that are special to shells
      Then Tab makes these lines what they say:
        | typed                    | given                              |
        | catalog engine cor       | engine correlate                   |
        | catalog ls --trus        | ls --trust                         |
        | catalog ls --state=Act   | ls --state=Active                  |
        | catalog add mod          | add model.gguf                     |
        | catalog ls --platform-profile=mod | ls --platform-profile=model.gguf |
        | catalog show hf.co/o     | show hf.co/org/model:Q4_K_M        |
        | catalog show hf.co/org/model:Q | show hf.co/org/model:Q4_K_M  |
        | catalog show "hf.co/org/model:Q | show hf.co/org/model:Q4_K_M |
        | catalog show 'hf.co/org/model:Q | show hf.co/org/model:Q4_K_M |
        | catalog show two         | show two words                     |
        | catalog show "two w      | show two words                     |
        | catalog show 'two w      | show two words                     |
        | catalog show it          | show it's                          |
        | catalog show cost        | show cost$HOME                     |
        | catalog show "cost       | show cost$HOME                     |
        | catalog show run         | show run$(touch hit)`touch hit`    |
        | catalog show "run        | show run$(touch hit)`touch hit`    |
        | catalog show semi        | show semi;touch hit                |
        | catalog show star        | show star*?[a]{b,c}                |
        | catalog show 模          | show 模型                          |
      And nothing of what was completed was run

      Examples:
        | shell |
        | bash  |
        | zsh   |
        | fish  |

    Scenario: Who names no shell is told which there are
      When `catalog completion` is run
      Then it exits with 2 and says:
        """
        catalog: no shell was given
        hint: say which: `catalog completion bash`
        """
