# The lessons in JupyterLab, for a machine where nothing may be installed:
#   docker build -t zeromq-companion .
#   docker run --rm -p 127.0.0.1:8888:8888 zeromq-companion
# It prints an address with a token. For Korean, put `ko` behind the second command.
FROM python:3.12-slim

RUN useradd --create-home learner
WORKDIR /home/learner/zeromq-companion
RUN chown learner:learner .
USER learner
COPY --chown=learner:learner . .
RUN python web/tools/setup_venv.py learn

ENV IP=0.0.0.0
EXPOSE 8888
ENTRYPOINT [".venv-lab/bin/python", "-m", "web.tools.lab"]
CMD ["en"]
