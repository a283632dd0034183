# fish completion for the command that this file is called. The program says itself what may stand at the cursor:
# PROGRAM [suggest] LINE. Where it is not there, or fails, nothing is offered.

function __wg_dynamic_offered
    set -l program (commandline -opc)[1]
    set -l word (commandline -ct)
    # fish replaces the whole of --option=value.
    set -l option (string match -r '^--[a-z-]+=' -- $word; or echo '')
    type -q $program; or return
    set -l offered ($program '[suggest]' (commandline -cp | string collect) 2>/dev/null)
    switch "$offered"
        case '<FILE>'
            set offered (__fish_complete_path (string replace -- "$option" '' $word))
        case '<DIRECTORY>'
            set offered (__fish_complete_directories (string replace -- "$option" '' $word))
    end
    printf '%s\n' $option$offered
end

complete -c (string replace -r '.*/([^/]+)\.fish$' '$1' -- (status filename)) -f -k -a '(__wg_dynamic_offered)'
